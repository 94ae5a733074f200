using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using OrleansSgd.Certifier.Figures;

namespace OrleansSgd.Certifier;

/// <summary>A certification as one JSON object on one line. What is not known is left out.</summary>
public static class CertificationJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The line of the <c>completed</c> event, without a newline.</summary>
    public static string Line(Certification certification)
    {
        ArgumentNullException.ThrowIfNull(certification);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("event", "completed");
            Run(json, certification);
            if (certification.Certificate is { } parts)
            {
                json.WriteStartObject("certificate");
                Parts(json, parts, certification);
                json.WriteEndObject();
            }

            if (certification.FirstViolation is { } first)
            {
                json.WritePropertyName("firstViolation");
                Write(json, first);
            }

            Lists(json, certification);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Run(Utf8JsonWriter json, Certification certification)
    {
        json.WriteString("verdict", certification.Verdict.ToString().ToLowerInvariant());
        json.WriteString("job", certification.Job);
        json.WriteString("outcome", certification.Outcome);
        json.WriteNumber("tickets", certification.Tickets);
        json.WriteNumber("rows", certification.Rows);
        json.WriteNumber("steps", certification.Steps);
        json.WriteNumber("voids", certification.Voids);
        json.WriteBoolean("exactlyOnce", certification.ExactlyOnce);
        json.WriteNumber("unchecked", certification.Unchecked);
        json.WriteNumber("stretchesConserved", certification.StretchesConserved);
        Measure(json, "delayMean", certification.DelayMean);
        json.WriteNumber("delayMax", certification.DelayMax);
        Measure(json, "gapMean", certification.GapMean);
        Measure(json, "gapMax", certification.GapMax);
        json.WriteNumber("violations", certification.FindingCount);
    }

    private static void Parts(Utf8JsonWriter json, CertificateParts parts, Certification certification)
    {
        json.WriteString("status", parts.Status);
        json.WriteString("reason", parts.Reason);
        Measure(json, "value", parts.Value);
        Measure(json, "optimisation", parts.Optimisation);
        Measure(json, "staleness", parts.Staleness);
        Measure(json, "noise", parts.Noise);
        Measure(json, "bias", parts.Bias);
        Measure(json, "uncertainty", parts.Uncertainty);
        Measure(json, "jump", parts.Jump);
        Measure(json, "smoothness", parts.Smoothness);
        Measure(json, "boundMeasured", certification.BoundMeasured);
        Measure(json, "boundPredicted", certification.BoundPredicted);
        Measure(json, "boundTested", certification.BoundTested);
        json.WriteString("condition", certification.Condition);
        if (certification.Condition != ConditionVerdict.Undecided.Word())
        {
            json.WriteBoolean("conditionHolds", certification.Condition == ConditionVerdict.Holds.Word());
        }
    }

    private static void Lists(Utf8JsonWriter json, Certification certification)
    {
        if (certification.Findings.Count > 0)
        {
            json.WriteStartArray("findings");
            foreach (Finding finding in certification.Findings)
            {
                Write(json, finding);
            }

            json.WriteEndArray();
        }

        if (certification.Warnings.Count > 0)
        {
            json.WriteStartArray("warnings");
            foreach (string warning in certification.Warnings)
            {
                json.WriteStringValue(warning);
            }

            json.WriteEndArray();
        }
    }

    private static void Write(Utf8JsonWriter json, Finding finding)
    {
        json.WriteStartObject();
        json.WriteString("kind", JsonNamingPolicy.CamelCase.ConvertName(finding.Kind.ToString()));
        if (finding.Ticket >= 0)
        {
            json.WriteNumber("ticket", finding.Ticket);
        }

        if (finding.Shard >= 0)
        {
            json.WriteNumber("shard", finding.Shard);
        }

        json.WriteString("sentence", finding.Sentence);
        json.WriteEndObject();
    }

    private static void Measure(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumber(name, value);
        }
    }
}
