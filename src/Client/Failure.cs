namespace OrleansSgd.Client;

/// <summary>Why a verb did not do what it was asked.</summary>
/// <param name="Code">One of <see cref="ExitCodes"/>.</param>
/// <param name="Error">What, where, and the limit: one sentence.</param>
/// <param name="Hint">The remedy; null when the error names it.</param>
internal sealed record Failure(int Code, string Error, string? Hint = null)
{
    /// <summary>When several things are wrong: each of them, one sentence each. Then <see cref="Error"/> counts them.</summary>
    public IReadOnlyList<string> Mistakes { get; init; } = [];

    /// <summary>Bad input with any number of mistakes.</summary>
    public static Failure OfMistakes(IReadOnlyList<string> mistakes) => mistakes.Count == 1
        ? new(ExitCodes.BadInput, mistakes[0])
        : new(ExitCodes.BadInput, $"The job has {mistakes.Count} mistakes.", "docs/job-file.md lists every key.") { Mistakes = mistakes };
}
