using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Grains.Workers;

/// <summary>The push frames of one update, one a shard, and its row of the ledger.</summary>
internal sealed class UpdateFrames(int shardCount)
{
    private readonly byte[][] _buffers = new byte[shardCount][];
    private readonly int[] _sizes = new int[shardCount];
    private readonly ReadOnlyMemory<byte>[] _beside = new ReadOnlyMemory<byte>[shardCount];
    private readonly FloatBytes _lent = FloatBytes.Create();
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

    /// <summary>[shards]; the values that lie beside each frame. Empty where the frames are whole.</summary>
    public ReadOnlyMemory<byte>[] Values { get; private set; } = [];

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

    /// <summary>Takes a gradient over, whose values are to lie beside the frames.</summary>
    /// <param name="gradient">[d]; becomes an array of the caller's again, as long, with values of no use.</param>
    public void Lend(ref float[] gradient, ShardMap map)
    {
        (_lent.Floats, gradient) = (gradient, _lent.Floats.Length == gradient.Length ? _lent.Floats : new float[gradient.Length]);
        Values = _beside;
        for (int shard = 0; shard < _beside.Length; shard++)
        {
            _beside[shard] = _lent.Memory.Slice(map[shard].Start * sizeof(float), map[shard].Length * sizeof(float));
        }
    }

    /// <summary>Frames are whole again.</summary>
    public void Return() => Values = [];

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
