namespace OrleansSgd.Certifier.Reading;

/// <summary>What a job says of itself before its first row.</summary>
internal sealed record LedgerOpening
{
    /// <summary>The layout that this reader knows.</summary>
    public const int Layout = 1;

    private const int ShardsMax = 10_000;

    public required string Plan { get; init; }

    public required string Seed { get; init; }

    public required string Mode { get; init; }

    /// <summary>True when shards apply whole rounds, so that a version of a shard is a round; else it is an update.</summary>
    public bool KeepsRounds => Mode == "bsp";

    public required int Workers { get; init; }

    public required int Shards { get; init; }

    public required long Parameters { get; init; }

    /// <summary>True when gradients are biased, so that S5 holds instead of S1 and S2.</summary>
    public required bool IsBiased { get; init; }

    /// <summary>Why no certificate covers the rule; null when one does.</summary>
    public required string? NotCovered { get; init; }

    public required bool LossIsExact { get; init; }

    /// <summary>B to test against; NaN for the predicted one.</summary>
    public required double Bound { get; init; }

    public required double Confidence { get; init; }

    /// <summary>Tickets of a window of the condition test.</summary>
    public required int Window { get; init; }

    /// <summary>Reads <c>ledger.open</c>.</summary>
    /// <exception cref="InvalidDataException">Another layout, or a field that is not as the format asks.</exception>
    public static LedgerOpening Read(LedgerSpan span)
    {
        long layout = span.Count("layout");
        if (layout != Layout)
        {
            throw span.Wrong("layout", $"is {layout}, and this grid reads layout {Layout}; certify with the version that wrote the trace");
        }

        string form = span.Text("form");
        if (form is not ("unbiased" or "biased"))
        {
            throw span.Wrong("form", $"is '{form}'; expected unbiased or biased");
        }

        double confidence = span.Real("confidence");
        if (!(confidence > 0.5 && confidence < 1))
        {
            throw span.Wrong("confidence", $"is {confidence}; expected a number above 0.5, below 1");
        }

        return new LedgerOpening
        {
            Plan = span.Text("plan"),
            Seed = span.Text("seed"),
            Mode = span.Text("mode"),
            Workers = (int)span.Integer("workers", 1, int.MaxValue),
            Shards = (int)span.Integer("shards", 1, ShardsMax),
            Parameters = span.Count("parameters"),
            IsBiased = form == "biased",
            NotCovered = span.TextOrNull("not_covered"),
            LossIsExact = span.Truth("loss_exact"),
            Bound = span.AboveZeroOrNaN("bound"),
            Confidence = confidence,
            Window = (int)span.Integer("window", 1, int.MaxValue),
        };
    }
}
