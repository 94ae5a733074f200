namespace OrleansSgd.Data.LibSvm;

/// <summary>Cuts a stream into lines without copying them; <c>\n</c> and <c>\r\n</c> end a line.</summary>
internal sealed class LineReader(Stream stream, string name)
{
    // A row of 2^20 entries is about 16 MiB of text; more than four times that is not a row.
    private const int LineSizeMax = 1 << 26;

    private byte[] _buffer = new byte[1 << 12];
    private int _start;
    private int _end;
    private bool _ended;

    /// <summary>Lines read so far, so the number of the current line, from 1.</summary>
    public int LineNumber { get; private set; }

    /// <summary>The next line without its end; valid until the next call.</summary>
    /// <returns>False at the end of the stream.</returns>
    /// <exception cref="InvalidDataException">A line is longer than 64 MiB.</exception>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        int searched = 0;
        while (true)
        {
            ReadOnlySpan<byte> rest = _buffer.AsSpan(_start, _end - _start);
            int length = rest[searched..].IndexOf((byte)'\n');
            if (length >= 0)
            {
                return Cut(searched + length, 1, out line);
            }

            searched = rest.Length;
            if (_ended)
            {
                line = default;
                return rest.Length > 0 && Cut(rest.Length, 0, out line);
            }

            Fill();
        }
    }

    private bool Cut(int length, int endLength, out ReadOnlySpan<byte> line)
    {
        line = _buffer.AsSpan(_start, length);
        if (line.EndsWith("\r"u8))
        {
            line = line[..^1];
        }

        _start += length + endLength;
        LineNumber++;
        return true;
    }

    private void Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            if (_buffer.Length >= LineSizeMax)
            {
                throw new InvalidDataException(
                    $"{name} line {LineNumber + 1} is longer than {LineSizeMax} bytes; this is not a LibSVM text file.");
            }

            Array.Resize(ref _buffer, _buffer.Length * 4);
        }

        int size = stream.Read(_buffer.AsSpan(_end));
        _end += size;
        _ended = size == 0;
    }
}
