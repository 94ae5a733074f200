namespace OrleansSgd.Certifier.Reading;

/// <summary>What a job says of itself at its end: how much there was, and the figures that it showed live.</summary>
/// <param name="Tickets">Tickets given out.</param>
/// <param name="Rows">Rows in all.</param>
/// <param name="Outcome"><c>completed</c>, <c>cancelled</c> or <c>failed</c>.</param>
/// <param name="Smoothness">L; NaN when it is estimated from the rows.</param>
/// <param name="Figures">Each of <see cref="FigureNames"/>; NaN when it was not known.</param>
/// <param name="Status">What the certificate was worth; null when there was none.</param>
/// <param name="Condition">Verdict of the condition test; null when there was none.</param>
internal sealed record LedgerClosing(
    long Tickets, long Rows, string Outcome, double Smoothness, IReadOnlyDictionary<string, double> Figures, string? Status, string? Condition)
{
    /// <summary>The figures, as they are named in the trace.</summary>
    public static IReadOnlyList<string> FigureNames { get; } =
    [
        "delay_mean", "delay_max", "gap_mean", "bound_predicted", "certificate.value", "certificate.optimisation", "certificate.staleness",
        "certificate.noise", "certificate.bias", "certificate.jump",
    ];

    /// <summary>True when the run came to its end, so that every log must be whole.</summary>
    public bool IsCompleted => Outcome == "completed";

    /// <summary>Reads <c>ledger.close</c>.</summary>
    public static LedgerClosing Read(LedgerSpan span)
    {
        string outcome = span.Text("outcome");
        if (outcome is not ("completed" or "cancelled" or "failed"))
        {
            throw span.Wrong("outcome", $"is '{outcome}'; expected completed, cancelled or failed");
        }

        return new LedgerClosing(
            span.Count("tickets"),
            span.Count("rows"),
            outcome,
            span.AboveZeroOrNaN("smoothness"),
            FigureNames.ToDictionary(static name => name, span.RealOrNaN),
            Known(span, "certificate.status", "RIGOROUS", "STATISTICAL", "VOID"),
            Known(span, "condition", "holds", "not-shown", "violated", "undecided"));
    }

    private static string? Known(LedgerSpan span, string field, params string[] words)
    {
        string? word = span.TextOrNull(field);
        return word is null || words.Contains(word) ? word : throw span.Wrong(field, $"is '{word}'; expected {string.Join(", ", words)}");
    }
}
