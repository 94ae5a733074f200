using System.Text;

namespace OrleansSgd.Client.Bench;

/// <summary>The session as a page of Markdown: docs/benchmarks.md.</summary>
internal static class BenchDocument
{
    /// <summary>The text.</summary>
    /// <param name="command">What was typed after <c>./grid</c>, without where results go.</param>
    public static string Of(BenchResult result, MachineFacts machine, IReadOnlyCollection<string> versions, string command)
    {
        var text = new StringBuilder();
        text.Append("# Benchmarks\n\n").Append($"Written by `./grid {command}`. ")
            .Append("Ratios within one session on one machine; on another machine, or at another hour on a shared one, figures differ: run it yourself.\n")
            .Append("Every side is run in turn, round after round; a ratio is that of the medians, and above 1 the grid is better. ")
            .Append("Pairs are the same ratio within each round, least to most.\n")
            .Append("[benchmarks/README.md](../benchmarks/README.md) says what is measured, how the peers are set up, and why.\n\n")
            .Append(BenchTables.Sentence(result)).Append('\n');
        foreach (BenchTable table in BenchTables.Of(result))
        {
            text.Append($"\n## {table.Title.Split(':')[0]}\n\n");
            Row(text, table.Columns);
            Row(text, [.. Enumerable.Range(0, table.Columns.Count).Select(column => table.Numbers.Contains(column) ? "---:" : "---")]);
            foreach (IReadOnlyList<string> row in table.Rows)
            {
                Row(text, row);
            }
        }

        text.Append("\n## Machine\n\n");
        Row(text, ["What", "Which"]);
        Row(text, ["---", "---"]);
        foreach ((string label, string what) in machine.Rows(versions))
        {
            Row(text, [label, what]);
        }

        return text.ToString();
    }

    private static void Row(StringBuilder text, IReadOnlyList<string> cells) =>
        text.Append("| ").AppendJoin(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");
}
