using System.Text;

namespace OrleansSgd.Experiments.Pages;

/// <summary>A table of a Markdown page; numbers stand to the right.</summary>
public sealed class MarkdownTable
{
    private readonly string[] _columns;
    private readonly List<string[]> _rows = [];

    /// <param name="columns">Headings; one that begins with a space belongs to words and stands to the left.</param>
    public MarkdownTable(params string[] columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        _columns = columns;
    }

    /// <summary>Rows so far.</summary>
    public int Count => _rows.Count;

    /// <summary>Adds one row.</summary>
    /// <exception cref="ArgumentException">Another number of cells than there are headings.</exception>
    public void Add(params string[] cells)
    {
        ArgumentNullException.ThrowIfNull(cells);
        if (cells.Length != _columns.Length)
        {
            throw new ArgumentException($"Row has {cells.Length} cells, but the table has {_columns.Length} columns.", nameof(cells));
        }

        _rows.Add(cells);
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder();
        Write(text, _columns.Select(column => column.Trim()));
        Write(text, _columns.Select(column => column.StartsWith(' ') ? "---" : "---:"));
        foreach (string[] row in _rows)
        {
            Write(text, row);
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, IEnumerable<string> cells) =>
        text.Append("| ").AppendJoin(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");
}
