using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OrleansSgd.Telemetry.Tests.Reading;

/// <summary>Checks digests and sequences of ledger spans from docs/trace-format.md alone.</summary>
internal static class Chains
{
    /// <summary>The first thing wrong with a chain; null when it is whole.</summary>
    public static string? Mistake(IEnumerable<ReadSpan> chain)
    {
        string last = "";
        long next = 0;
        foreach (ReadSpan span in chain)
        {
            string digest = DigestOf(span, last);
            if (span.Get<string>("digest") != digest)
            {
                return $"digest of {span.Name} number {next}";
            }

            if (span.Get<long>("sequence") != next)
            {
                return $"sequence {span.Get<long>("sequence")} after {next - 1}";
            }

            last = digest;
            next++;
        }

        return null;
    }

    private static string DigestOf(ReadSpan span, string last)
    {
        var text = new StringBuilder(last).Append(span.Name);
        foreach ((string name, object value) in span.Attributes)
        {
            if (name != "orleanssgd.digest")
            {
                text.Append('\n').Append(name).Append('=').Append(Text(value));
            }
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static string Text(object value) => value switch
    {
        string one => one,
        long one => one.ToString(CultureInfo.InvariantCulture),
        bool one => one ? "true" : "false",
        double one => BitConverter.DoubleToUInt64Bits(one).ToString("x16", CultureInfo.InvariantCulture),
        byte[] one => Convert.ToBase64String(one),
        _ => throw new InvalidDataException($"{value.GetType().Name} does not stand in a ledger."),
    };
}
