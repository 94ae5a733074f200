using System.Buffers.Text;
using System.Text;
using OrleansSgd.Data.Files;

namespace OrleansSgd.Data.LibSvm;

/// <summary>Reads LibSVM text: one sample a line, <c>label index:value index:value …</c>.</summary>
/// <remarks>
/// <para>Indices are counted from 1 and ascend. <c>#</c> starts a comment; empty lines are skipped. A <c>qid:n</c>
/// groups rows of a ranking problem; no loss here looks across rows, so it is skipped and counted.</para>
/// <para>Errors name line and column, both from 1; columns are bytes.</para>
/// </remarks>
internal static class LibSvmReader
{
    /// <summary>Reads to the end of <paramref name="stream"/>, or to the row limit.</summary>
    /// <param name="stream">Uncompressed text; stays open.</param>
    /// <param name="name">The file's name, for errors.</param>
    /// <param name="featureCount">Largest index allowed; null: <see cref="DataPlan.FeatureCountMax"/>.</param>
    /// <param name="rowsMax">Stops after so many rows; what follows is not looked at.</param>
    /// <exception cref="InvalidDataException">The text is not LibSVM, or breaks a rule above.</exception>
    public static SparseRows Read(Stream stream, string name, int? featureCount, int rowsMax = int.MaxValue)
    {
        var builder = new Builder(name, featureCount);
        var lines = new LineReader(stream, name);
        while (builder.RowCount < rowsMax && lines.TryRead(out ReadOnlySpan<byte> line))
        {
            builder.Add(line, lines.LineNumber);
        }

        return builder.Finish();
    }

    private sealed class Builder(string name, int? featureCount)
    {
        private readonly int _indexMax = featureCount ?? DataPlan.FeatureCountMax;
        private GrowingList<float> _labels = new();
        private GrowingList<int> _lines = new();
        private GrowingList<int> _starts = new();
        private GrowingList<int> _indices = new();
        private GrowingList<float> _values = new();
        private int _indexLargest;
        private int _qidCount;

        public int RowCount => _labels.Count;

        public void Add(ReadOnlySpan<byte> line, int lineNumber)
        {
            int comment = line.IndexOf((byte)'#');
            ReadOnlySpan<byte> text = comment < 0 ? line : line[..comment];
            int at = 0;
            if (!NextToken(text, ref at, out ReadOnlySpan<byte> token))
            {
                return;
            }

            if (!TryFloat(token, out float label))
            {
                throw Wrong(lineNumber, at - token.Length, token, "is not a finite number; a line begins with its label");
            }

            _labels.Add(label);
            _lines.Add(lineNumber);
            _starts.Add(_indices.Count);
            int previous = 0;
            bool hasQid = false;
            while (NextToken(text, ref at, out token))
            {
                int column = at - token.Length;
                if (token.StartsWith("qid:"u8))
                {
                    hasQid = true;
                    continue;
                }

                previous = AddEntry(token, lineNumber, column, previous);
            }

            _qidCount += hasQid ? 1 : 0;
            _indexLargest = Math.Max(_indexLargest, previous);
        }

        public SparseRows Finish()
        {
            if (_labels.Count == 0)
            {
                throw new InvalidDataException($"{name} has no rows; a data file needs at least one.");
            }

            _starts.Add(_indices.Count);
            return new(
                new(name, _labels.Take(), _lines.Take()),
                _starts.Take(),
                _indices.Take(),
                _values.Take(),
                featureCount ?? Math.Max(1, _indexLargest),
                _qidCount);
        }

        private int AddEntry(ReadOnlySpan<byte> token, int line, int column, int previous)
        {
            int colon = token.IndexOf((byte)':');
            if (colon < 1
                || !Utf8Parser.TryParse(token[..colon], out long index, out int used)
                || used != colon)
            {
                throw Wrong(line, column, token, "is not index:value");
            }

            if (index < 1)
            {
                throw Wrong(line, column, token, $"has index {index}, but indices start at 1; add 1 to each");
            }

            if (index <= previous)
            {
                throw Wrong(line, column, token, $"has index {index} after {previous}; indices ascend within a line");
            }

            if (index > _indexMax)
            {
                throw Wrong(
                    line,
                    column,
                    token,
                    featureCount is null
                        ? $"has index {index}; the largest allowed is {_indexMax}"
                        : $"has index {index}, but featureCount is {featureCount}; raise featureCount or mend the file");
            }

            if (!TryFloat(token[(colon + 1)..], out float value))
            {
                throw Wrong(line, column + colon + 1, token[(colon + 1)..], "is not a finite 32-bit number");
            }

            if (_indices.Count == Array.MaxLength)
            {
                throw new InvalidDataException($"{name} line {line} exceeds {Array.MaxLength} entries; set limit.");
            }

            _indices.Add((int)index - 1);
            _values.Add(value);
            return (int)index;
        }

        private InvalidDataException Wrong(int line, int column, ReadOnlySpan<byte> token, string why) =>
            new($"{name} line {line}, column {column + 1}: \"{Shown(token)}\" {why}.");
    }

    // On return, `at` is the end of the token.
    private static bool NextToken(ReadOnlySpan<byte> text, ref int at, out ReadOnlySpan<byte> token)
    {
        int start = at;
        while (start < text.Length && IsBlank(text[start]))
        {
            start++;
        }

        int end = start;
        while (end < text.Length && !IsBlank(text[end]))
        {
            end++;
        }

        at = end;
        token = text[start..end];
        return !token.IsEmpty;
    }

    private static bool IsBlank(byte character) => character is (byte)' ' or (byte)'\t';

    private static bool TryFloat(ReadOnlySpan<byte> token, out float value) =>
        Utf8Parser.TryParse(token, out value, out int used) && used == token.Length && float.IsFinite(value);

    private static string Shown(ReadOnlySpan<byte> token)
    {
        string text = Encoding.UTF8.GetString(token[..Math.Min(token.Length, 40)]);
        return string.Concat(text.Select(c => char.IsControl(c) ? '?' : c)) + (token.Length > 40 ? "…" : "");
    }
}
