namespace OrleansSgd.Certifier.Reading;

/// <summary>Reads single spans of the trace's files again, by their addresses.</summary>
internal sealed class SpanSource(IReadOnlyList<string> files) : IDisposable
{
    // Chains take turns within a line that holds several spans; a few lines are enough for the job and its shards.
    private const int LinesMax = 16;

    private readonly FileStream?[] _streams = new FileStream?[files.Count];
    private readonly Queue<(int File, long Offset)> _order = new();
    private readonly Dictionary<(int File, long Offset), List<LedgerSpan>> _lines = [];

    /// <summary>The span at an address.</summary>
    /// <exception cref="InvalidDataException">The file has changed since it was indexed.</exception>
    public LedgerSpan Read(in SpanAddress address)
    {
        var key = (address.File, address.Offset);
        if (_lines.TryGetValue(key, out List<LedgerSpan>? spans))
        {
            return spans[address.Index];
        }

        spans = Line(address);
        if (spans.Count > 1)
        {
            Keep(key, spans);
        }

        return address.Index < spans.Count ? spans[address.Index] : throw Place(address).Damage("the file changed while it was read.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (FileStream? stream in _streams)
        {
            stream?.Dispose();
        }
    }

    private List<LedgerSpan> Line(in SpanAddress address)
    {
        FileStream stream = _streams[address.File] ??= File.OpenRead(files[address.File]);
        var line = new byte[address.Length];
        stream.Position = address.Offset;
        int length = stream.ReadAtLeast(line, line.Length, throwOnEndOfStream: false);
        return length == line.Length
            ? OtlpLine.Read(line, Place(address), isTerminated: true)
            : throw Place(address).Damage("the file became shorter while it was read.");
    }

    private void Keep((int File, long Offset) key, List<LedgerSpan> spans)
    {
        if (_order.Count == LinesMax)
        {
            _lines.Remove(_order.Dequeue());
        }

        _order.Enqueue(key);
        _lines.Add(key, spans);
    }

    private TracePlace Place(in SpanAddress address) => new(files[address.File], address.Line);
}
