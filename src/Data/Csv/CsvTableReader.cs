using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using OrleansSgd.Data.Files;

namespace OrleansSgd.Data.Csv;

/// <summary>Reads a table of numbers with one label column.</summary>
/// <remarks>Numbers are invariant (a point, no thousands marks). Fields may be quoted; blanks around them are trimmed;
/// empty lines are skipped. Errors name the line, from 1, and the column by name and number, from 1.</remarks>
internal static class CsvTableReader
{
    // No number or class name is longer; an unclosed quote would else swallow the rest of the file.
    private const int FieldLengthMax = 1 << 16;

    /// <summary>Reads to the end of <paramref name="stream"/>, or to the row limit.</summary>
    /// <param name="stream">Uncompressed UTF-8; stays open.</param>
    /// <param name="name">The file's name, for errors.</param>
    /// <param name="layout">Header, label column, delimiter.</param>
    /// <param name="rowsMax">Stops after so many rows; what follows is not looked at.</param>
    /// <exception cref="InvalidDataException">The text is not such a table.</exception>
    public static CsvTable Read(Stream stream, string name, CsvLayout layout, int rowsMax = int.MaxValue)
    {
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = layout.Delimiter,
            HasHeaderRecord = false,
            IgnoreBlankLines = true,
            TrimOptions = TrimOptions.Trim,
            MaxFieldSize = FieldLengthMax,
        };
        using var reader = new StreamReader(stream, Encoding.UTF8, leaveOpen: true);
        using var parser = new CsvParser(reader, configuration);
        try
        {
            return Read(parser, name, layout, rowsMax);
        }
        catch (CsvHelperException error)
        {
            throw new InvalidDataException(
                $"{name} line {parser.RawRow} is not CSV: a quote stands inside a field, or is never closed. " +
                "Double each quote inside a quoted field.",
                error);
        }
    }

    private static CsvTable Read(CsvParser parser, string name, CsvLayout layout, int rowsMax)
    {
        if (!parser.Read())
        {
            throw new InvalidDataException($"{name} is empty; a data file needs at least one row.");
        }

        string[]? header = layout.HasHeader ? [.. parser.Record!] : null;
        var columns = new Columns(name, parser.Count, header, FindLabel(parser, name, header, layout.LabelColumn));
        if (columns.Count < 2)
        {
            throw new InvalidDataException(
                $"{name} line {parser.RawRow} has 1 column; a table needs a label and at least one feature. " +
                $"The delimiter is \"{layout.Delimiter}\"; is it another one?");
        }

        var labels = new GrowingList<float>();
        var words = new GrowingList<string>();
        var lines = new GrowingList<int>();
        var features = new GrowingList<float>();
        bool hasRow = !layout.HasHeader || parser.Read();
        while (hasRow)
        {
            columns.Check(parser);
            RefuseTooLarge(features.Count, columns.Count - 1, name, parser.RawRow);
            for (int column = 0; column < columns.Count; column++)
            {
                if (column != columns.Label)
                {
                    features.Add(columns.Number(parser, column));
                }
            }

            labels.Add(layout.LabelsAreWords ? 0 : columns.Number(parser, columns.Label));
            if (layout.LabelsAreWords)
            {
                words.Add(columns.Word(parser));
            }

            lines.Add(parser.RawRow);
            hasRow = lines.Count < rowsMax && parser.Read();
        }

        if (lines.Count == 0)
        {
            throw new InvalidDataException($"{name} has a header but no rows; a data file needs at least one.");
        }

        return new(
            new(name, labels.Take(), lines.Take()),
            layout.LabelsAreWords ? words.Take() : null,
            features.Take(),
            columns.Count - 1,
            header?.Where((_, column) => column != columns.Label).ToArray());
    }

    private static int FindLabel(CsvParser parser, string name, string[]? header, string? wanted)
    {
        if (wanted is null)
        {
            return parser.Count - 1;
        }

        int found = header is null ? -1 : Array.IndexOf(header, wanted);
        if (found >= 0)
        {
            return Array.IndexOf(header!, wanted, found + 1) < 0
                ? found
                : throw new InvalidDataException(
                    $"{name} line {parser.RawRow} names two columns \"{wanted}\"; give labelColumn as an index from 0.");
        }

        if (int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < parser.Count)
        {
            return index;
        }

        throw new InvalidDataException(
            $"{name} has no label column \"{wanted}\"; " +
            (header is null
                ? $"without a header, labelColumn is an index, 0 to {parser.Count - 1}."
                : $"its columns are {Listed(header)} (or an index, 0 to {parser.Count - 1})."));
    }

    private static string Listed(string[] header) =>
        string.Join(", ", header.Take(20)) + (header.Length > 20 ? $" and {header.Length - 20} more" : "");

    private static void RefuseTooLarge(int count, int rowLength, string name, int line)
    {
        if (count > Array.MaxLength - rowLength)
        {
            throw new InvalidDataException($"{name} line {line} exceeds {Array.MaxLength} numbers in all; set limit.");
        }
    }

    private sealed record Columns(string Name, int Count, string[]? Header, int Label)
    {
        public void Check(CsvParser parser)
        {
            if (parser.Count != Count)
            {
                throw new InvalidDataException(
                    $"{Name} line {parser.RawRow} has {parser.Count} columns, but the first line has {Count}.");
            }
        }

        public float Number(CsvParser parser, int column)
        {
            string text = parser[column];
            if (float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float value)
                && float.IsFinite(value))
            {
                return value;
            }

            string remedy = column == Label ? " For words as labels set labels: names." : "";
            throw Wrong(
                parser,
                column,
                text.Length == 0 ? "is empty; a number is needed." : $"is \"{Shown(text)}\", not a finite 32-bit number.{remedy}");
        }

        public string Word(CsvParser parser)
        {
            string word = parser[Label];
            return word.Length > 0 ? word : throw Wrong(parser, Label, "is empty; a label is needed.");
        }

        private InvalidDataException Wrong(CsvParser parser, int column, string what)
        {
            string named = Header is null ? "" : $" ({Shown(Header[column])})";
            return new($"{Name} line {parser.RawRow}, column {column + 1}{named}: {what}");
        }

        private static string Shown(string text) => text.Length > 40 ? text[..40] + "…" : text;
    }
}
