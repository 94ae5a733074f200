using System.Globalization;
using System.Text.Json;
using OrleansSgd.Client.Reports;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Models;
using OrleansSgd.Models.Torch;

namespace OrleansSgd.Client.Tests.Reports;

public sealed class EventTests
{
    [Fact]
    public void Every_event_of_a_run_keeps_to_the_published_fields() => Assert.Empty(EventChecker.Mistakes(Print(report =>
    {
        report.Started(Sample.Started);
        report.Progressed(new ProgressFacts(Sample.Running, 1000, 3));
        report.Evaluated(Sample.Evaluated);
        report.MembershipChanged(Sample.Left);
        report.Alarmed(1.4, "one");
        report.Warned(1.4, "two");
        report.Progressed(new ProgressFacts(Sample.Certified, 1000, 3));
        report.Progressed(new ProgressFacts(Sample.Voided, 1000, 3));
        report.Ended(Sample.Ended(Sample.Certified with { Alarms = ["one"], Warnings = ["two"] }));
    })));

    [Theory]
    [InlineData(ModelCatalog.Softmax, "none")]
    [InlineData(ModelCatalog.LeNet5, "none")]
    [InlineData(ModelCatalog.ResNet, null)]
    public void Started_names_what_computes_a_deep_network_and_no_other(string kind, string? torch)
    {
        string output = Print(report => report.Started(Sample.Started with { Plan = new JobPlan { Model = new ModelPlan { Kind = kind } } }));

        Assert.Equal(torch ?? TorchAvailability.Backend, JsonDocument.Parse(output).RootElement.GetProperty("torch").GetString());
        Assert.Contains(TorchAvailability.Backend, (string[])["system", "torchsharp"]);
    }

    [Fact]
    public void The_certificate_travels_with_its_parts_its_bound_and_its_condition()
    {
        JsonElement completed = JsonDocument.Parse(Print(report => report.Ended(Sample.Ended(Sample.Certified)))).RootElement;

        Assert.Equal(
            """{"status":"STATISTICAL","reason":"Estimated: L, noise.","value":0.75,"optimisation":0.5,"staleness":0.125,"noise":0.125,"""
            + """ "bias":0,"jump":0,"boundMeasured":3.5,"boundPredicted":14,"conditionHolds":true,"gradientNormSquaredEstimate":0.25}""".TrimStart(),
            completed.GetProperty("certificate").GetRawText());
        Assert.Equal("runs/tiny-1/trace.jsonl", completed.GetProperty("trace").GetString());
    }

    [Fact]
    public void A_void_certificate_has_a_reason_and_no_number()
    {
        string output = Print(report => report.Ended(Sample.Ended(Sample.Voided)));

        Assert.Empty(EventChecker.Mistakes(output));
        JsonElement certificate = JsonDocument.Parse(output).RootElement.GetProperty("certificate");
        Assert.Equal(
            ["status", "reason", "boundMeasured", "boundPredicted"], certificate.EnumerateObject().Select(field => field.Name));
    }

    [Theory]
    [InlineData("holds", true)]
    [InlineData("violated", false)]
    [InlineData("not-shown", null)]
    [InlineData("undecided", null)]
    [InlineData(null, null)]
    public void A_condition_that_is_neither_shown_nor_violated_is_left_out(string? condition, bool? holds)
    {
        string output = Print(report => report.Ended(Sample.Ended(Sample.Certified with { Condition = condition })));

        JsonElement certificate = JsonDocument.Parse(output).RootElement.GetProperty("certificate");
        Assert.Equal(holds, certificate.TryGetProperty("conditionHolds", out JsonElement flag) ? flag.GetBoolean() : null);
    }

    [Fact]
    public void What_is_not_known_is_left_out()
    {
        string output = Print(report =>
        {
            report.Progressed(new ProgressFacts(new JobProgress { Phase = JobPhase.Running, SamplesPerEpoch = 10 }, double.NaN, double.NaN));
            report.Ended(new EndedFacts(null, new JobProgress { Phase = JobPhase.Cancelled }, null, null));
        });

        Assert.Empty(EventChecker.Mistakes(output));
        Assert.Equal(
            ["event", "seconds", "tickets", "epoch", "bytesPushed", "bytesPulled"],
            JsonDocument.Parse(output.Split('\n')[0]).RootElement.EnumerateObject().Select(field => field.Name));
        Assert.DoesNotContain("NaN", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_are_written_the_same_in_every_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = new NumberFormatInfo { NumberDecimalSeparator = "," } };
            string output = Print(report => report.Evaluated(Sample.Evaluated));

            Assert.Contains("\"testAccuracy\":0.875", output, StringComparison.Ordinal);
            Assert.Equal("87.50 %", Figures.Percent(0.875));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("""{"event":"failed","error":"x"}""", "lacks code")]
    [InlineData("""{"event":"failed","error":"x","code":"2"}""", "is no whole")]
    [InlineData("""{"event":"failed","error":"x","code":2,"reason":"y"}""", "unknown field reason")]
    [InlineData("""{"event":"evaluated","seconds":1,"tickets":1}""", "closes nothing")]
    [InlineData("{\"event\":\"failed\",\"error\":\"x\",\"code\":2}\n{\"event\":\"failed\",\"error\":\"x\",\"code\":2}", "is not the last")]
    [InlineData("""{"event":"finished"}""", "unknown event")]
    [InlineData("""{"event":"failed","error":"x","code":2,"hint":"y","mistakes":[1]}""", "is no texts")]
    [InlineData("""{"event":"progress","certificate":{"status":"VOID","reason":"x","value":1}}""", "certificate is VOID and has a value")]
    [InlineData("""{"event":"progress","certificate":{"status":"RIGOROUS","reason":"x"}}""", "certificate is RIGOROUS without a value")]
    [InlineData("""{"event":"progress","certificate":{"status":"FINE","reason":"x"}}""", "unknown status FINE")]
    [InlineData("""{"event":"progress","certificate":{"status":"VOID"}}""", "certificate lacks reason")]
    [InlineData("""{"event":"progress","certificate":{"status":"VOID","reason":"x","conditionHolds":1}}""", "is no flag")]
    [InlineData("""{"event":"progress","certificate":"VOID"}""", "is no certificate")]
    [InlineData("Training tiny", "not JSON")]
    [InlineData("", "no event")]
    public void The_checker_catches_a_planted_mistake(string output, string mistake) =>
        Assert.Contains(EventChecker.Mistakes(output), found => found.Contains(mistake, StringComparison.Ordinal));

    private static string Print(Action<ITrainReport> happenings)
    {
        using var output = new StringWriter();
        happenings(new JsonTrainReport(new Terminal(output, TextWriter.Null, false, static _ => null, TimeProvider.System)));
        return output.ToString();
    }
}

/// <summary>Moments of an imagined run.</summary>
internal static class Sample
{
    public static readonly StartedFacts Started = new("tiny-1", new JobPlan { Name = "tiny" }, 2, 33);

    public static readonly JobProgress Running = new()
    {
        Phase = JobPhase.Running,
        Seconds = 1.5,
        Silos = 2,
        WorkersLive = 2,
        Tickets = 40,
        Samples = 400,
        SamplesTotal = 1200,
        SamplesPerEpoch = 600,
        Loss = 0.5,
        DelayMean = 0.75,
        DelayMax = 3,
        Updates = 38,
        BytesPushed = 1000,
        BytesPulled = 2000,
    };

    public static readonly JobProgress Completed = Running with
    {
        Phase = JobPhase.Completed,
        Samples = 1200,
        UpdatesLost = 2,
        SamplesRepeated = 20,
        RecoverySecondsMax = 0.5,
    };

    public static readonly JobProgress Certified = Completed with
    {
        GapMean = 12.25,
        GapMax = 49,
        BoundMeasured = 3.5,
        BoundPredicted = 14,
        BoundModel = "parameter server",
        Condition = "holds",
        Certificate = new CertificateProgress
        {
            Status = "STATISTICAL",
            Reason = "Estimated: L, noise.",
            Value = 0.75,
            Optimisation = 0.5,
            Staleness = 0.125,
            Noise = 0.125,
            Bias = 0,
            Jump = 0,
            GradientNormSquaredEstimate = 0.25,
        },
    };

    // The parts are known, but their sum means nothing.
    public static readonly JobProgress Voided = Certified with
    {
        Condition = null,
        Certificate = Certified.Certificate! with
        {
            Status = CertificateProgress.Void,
            Reason = "α·L is 3, above 1, where steps need not descend; use a rate of at most 0.03.",
            Value = double.NaN,
            GradientNormSquaredEstimate = double.NaN,
        },
    };

    public static readonly JobEvent Evaluated = new("evaluated", 1.25, 30, 1, 0.25, 0.875);

    public static readonly JobEvent Left = new("left", 1.4, 36, Silo: "127.0.0.1:1@2", WorkersMoved: 1, ShardsMoved: 1);

    public static EndedFacts Ended(JobProgress run) => new(Started, run, Evaluated, "runs/tiny-1/model.safetensors", "runs/tiny-1/trace.jsonl");
}
