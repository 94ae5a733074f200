using OrleansSgd.Core.Consistency.Ledger;

namespace OrleansSgd.Grains.Workers;

/// <summary>The push frames of one update, one a shard, and its row of the ledger.</summary>
internal sealed class UpdateFrames(int shardCount)
{
    private readonly byte[][] _buffers = new byte[shardCount][];
    private readonly int[] _sizes = new int[shardCount];
    private byte[] _row = [];

    /// <summary>Number of the update.</summary>
    public long Sequence { get; set; } = -1;

    /// <summary>The round it belongs to; −1 when asynchronous.</summary>
    public long Round { get; set; } = -1;

    /// <summary>True when it sends a residual whole.</summary>
    public bool IsFlush { get; set; }

    /// <summary>True once a call with these frames failed: the receiver may still read them, so they are not used again.</summary>
    public bool IsTainted { get; set; }

    /// <summary>What the ledger is told of the update.</summary>
    public TicketRecord Record { get; } = new();

    /// <summary>True once the machine needs them no more; they stay as long as a keeper has them.</summary>
    public bool IsReleased { get; set; }

    /// <summary>[shards]; as they are sealed.</summary>
    public ReadOnlyMemory<byte>[] Frames { get; } = new ReadOnlyMemory<byte>[shardCount];

    /// <summary>The update's ledger frame, as it is sealed.</summary>
    public ReadOnlyMemory<byte> Row { get; private set; }

    /// <summary>Tickets are written: what is handed over is complete.</summary>
    public void Seal()
    {
        for (int shard = 0; shard < Frames.Length; shard++)
        {
            Frames[shard] = this[shard];
        }

        int size = LedgerFrame.SizeOf(Record);
        if (_row.Length < size)
        {
            _row = new byte[size];
        }

        LedgerFrame.Write(Record, _row.AsSpan(0, size));
        Row = _row.AsMemory(0, size);
    }

    /// <summary>The frame of one shard.</summary>
    public ReadOnlyMemory<byte> this[int shard] => _buffers[shard].AsMemory(0, _sizes[shard]);

    /// <summary>Makes room for the frame of one shard.</summary>
    public Span<byte> Resize(int shard, int size)
    {
        if (_buffers[shard] is null || _buffers[shard].Length < size)
        {
            _buffers[shard] = GC.AllocateUninitializedArray<byte>(size);
        }

        _sizes[shard] = size;
        return _buffers[shard].AsSpan(0, size);
    }
}
