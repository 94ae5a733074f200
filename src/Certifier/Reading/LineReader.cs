namespace OrleansSgd.Certifier.Reading;

/// <summary>Reads a file line by line as bytes and knows at which offset each line begins, so that it can be read again.</summary>
internal sealed class LineReader(Stream stream)
{
    /// <summary>Longest line: a span holds a second of a run, some hundred kilobytes; more is no trace.</summary>
    public const int LengthMax = 64 << 20;

    private byte[] _buffer = new byte[1 << 20];
    private int _start;
    private int _end;
    private bool _isAtEnd;

    /// <summary>Offset of the line that was read last.</summary>
    public long Offset { get; private set; }

    /// <summary>Number of the line that was read last, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>False when the last line ends with the file instead of a newline.</summary>
    public bool IsTerminated { get; private set; }

    private long _next;

    /// <summary>The next line without its newline; valid until the next call.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="InvalidDataException">A line is longer than <see cref="LengthMax"/>.</exception>
    public bool TryRead(out ReadOnlyMemory<byte> line)
    {
        int searched = _start;
        while (true)
        {
            int found = _buffer.AsSpan(searched.._end).IndexOf((byte)'\n');
            if (found >= 0)
            {
                line = Take(searched + found - _start, 1);
                return true;
            }

            searched = _end;
            if (_isAtEnd)
            {
                line = Take(_end - _start, 0);
                return line.Length > 0;
            }

            searched -= Fill();
        }
    }

    private ReadOnlyMemory<byte> Take(int length, int newline)
    {
        var line = new ReadOnlyMemory<byte>(_buffer, _start, length);
        Offset = _next;
        Number++;
        IsTerminated = newline > 0;
        _start += length + newline;
        _next += length + newline;
        return line;
    }

    // Moves what is left to the front, reads on behind it, and answers by how much everything moved.
    private int Fill()
    {
        int moved = _start;
        _buffer.AsSpan(_start.._end).CopyTo(_buffer);
        _end -= moved;
        _start = 0;
        if (_end == _buffer.Length)
        {
            if (_end >= LengthMax)
            {
                throw new InvalidDataException($"line {Number + 1} is longer than {LengthMax >> 20} MiB: this is no trace.");
            }

            Array.Resize(ref _buffer, 2 * _buffer.Length);
        }

        int count = stream.Read(_buffer, _end, _buffer.Length - _end);
        _isAtEnd = count == 0;
        _end += count;
        return moved;
    }
}
