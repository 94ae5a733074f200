namespace OrleansSgd.Certifier.Figures;

/// <summary>Whether windows of gaps show that E D ≤ α²B².</summary>
internal enum ConditionVerdict
{
    Undecided,
    Holds,
    NotShown,
    Violated,
}

/// <summary>The words of the verdicts in a trace.</summary>
internal static class ConditionWords
{
    public static string Word(this ConditionVerdict verdict) => verdict switch
    {
        ConditionVerdict.Holds => "holds",
        ConditionVerdict.NotShown => "not-shown",
        ConditionVerdict.Violated => "violated",
        _ => "undecided",
    };
}
