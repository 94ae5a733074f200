using System.Globalization;

namespace OrleansSgd.Telemetry.Spans;

/// <summary>Which tickets have timed spans: about one in N, picked by the ticket alone.</summary>
/// <remarks>
/// Workers and shards pick the same tickets without telling each other. The pick looks random, so that workers whose tickets alternate
/// are seen equally often, and is the same in every run.
/// </remarks>
/// <param name="Every">N; 1 for every ticket, 0 for none.</param>
public readonly record struct SpanSampling(int Every)
{
    /// <summary>At 10 000 steps a second of one worker some 40 of them have spans.</summary>
    public const int EveryDefault = 256;

    /// <summary>True when the ticket has spans.</summary>
    public bool Takes(long ticket)
    {
        if (Every <= 1)
        {
            return Every == 1;
        }

        // A mix of all bits, then its high part: the odds are 1 / N for any N.
        ulong mixed = (ulong)ticket * 0x9E37_79B9_7F4A_7C15;
        mixed = (mixed ^ (mixed >> 29)) * 0xBF58_476D_1CE4_E5B9;
        return Math.BigMul(mixed ^ (mixed >> 32), (ulong)Every, out _) == 0;
    }

    /// <inheritdoc/>
    public override string ToString() => Every switch
    {
        0 => "no tickets",
        1 => "every ticket",
        _ => string.Create(CultureInfo.InvariantCulture, $"one ticket in {Every}"),
    };
}
