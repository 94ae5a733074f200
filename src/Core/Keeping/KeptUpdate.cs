namespace OrleansSgd.Core.Keeping;

/// <summary>One update as its worker handed it over before the first push.</summary>
/// <param name="Incarnation">The worker's life.</param>
/// <param name="Ticket">Its ticket.</param>
/// <param name="Frames">[shards]; the push frame of each (docs/wire-format.md).</param>
/// <param name="Row">Its row of the ledger, as a ledger frame.</param>
public sealed record KeptUpdate(
    int Incarnation, long Ticket, IReadOnlyList<ReadOnlyMemory<byte>> Frames, ReadOnlyMemory<byte> Row)
{
    /// <summary>[shards]; the values that lie beside each frame. Empty where the frames are whole.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Values { get; init; } = [];

    /// <summary>Bytes of the frames, their values and the row.</summary>
    public long Size => LengthOf(Frames) + LengthOf(Values) + Row.Length;

    /// <summary>The whole frame of a shard; a copy.</summary>
    public byte[] CopyOf(int shard) => Values.Count == 0 ? Frames[shard].ToArray() : [.. Frames[shard].Span, .. Values[shard].Span];

    private static long LengthOf(IReadOnlyList<ReadOnlyMemory<byte>> pieces)
    {
        long length = 0;
        for (int i = 0; i < pieces.Count; i++)
        {
            length += pieces[i].Length;
        }

        return length;
    }
}
