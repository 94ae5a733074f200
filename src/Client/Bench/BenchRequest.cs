using System.Globalization;
using OrleansSgd.Client.JobFiles;

namespace OrleansSgd.Client.Bench;

/// <summary>What <c>grid bench</c> was asked for.</summary>
/// <param name="Only">Workloads; empty for all.</param>
/// <param name="Folder">Where the folder of results goes.</param>
/// <param name="Document">Where the page of Markdown goes; null for nowhere.</param>
internal sealed record BenchRequest(bool WithPeers, bool IsQuick, int Rounds, IReadOnlyList<string> Only, string Folder, string? Document)
{
    // More take days, and tell nothing that these do not.
    private const int RoundsMax = 1000;
    private const int RoundsDefault = 5;

    /// <summary>The words after <c>./grid</c> that measure the same again.</summary>
    public string Command => string.Join(' ', ((string?[])
    [
        "bench", WithPeers ? "--peers" : null, IsQuick ? "--quick" : null,
        Rounds == RoundsOf(IsQuick) ? null : string.Create(CultureInfo.InvariantCulture, $"--rounds {Rounds}"),
        Only.Count == 0 ? null : $"--only {string.Join(',', Only)}",
    ]).OfType<string>());

    /// <summary>Rounds when nobody says how many.</summary>
    public static int RoundsOf(bool isQuick) => isQuick ? 1 : RoundsDefault;

    /// <summary>Reads <c>--rounds</c>.</summary>
    /// <param name="mistakes">Gets one sentence when it is none.</param>
    public static int ReadRounds(string? text, bool isQuick, List<string> mistakes)
    {
        if (text is null)
        {
            return RoundsOf(isQuick);
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int rounds) && rounds is >= 1 and <= RoundsMax)
        {
            return rounds;
        }

        mistakes.Add($"--rounds is {JobScalars.Quote(text)}; use a whole number, 1 to {RoundsMax}.");
        return 1;
    }

    /// <summary>Reads <c>--only</c>: names with commas between.</summary>
    /// <param name="mistakes">Gets one sentence for each that is none.</param>
    public static IReadOnlyList<string> ReadOnly(string? text, List<string> mistakes)
    {
        if (text is null)
        {
            return [];
        }

        string[] names = [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct()];
        if (names.Length == 0)
        {
            mistakes.Add($"--only names no workload; use {string.Join(", ", BenchCatalog.Workloads)}.");
        }

        foreach (string name in names.Except(BenchCatalog.Workloads))
        {
            string near = Suggestion.For(name, BenchCatalog.Workloads) is { } known ? $" Did you mean {known}?" : "";
            mistakes.Add($"There is no workload {JobScalars.Quote(name)}; use {string.Join(", ", BenchCatalog.Workloads)}.{near}");
        }

        return names;
    }
}
