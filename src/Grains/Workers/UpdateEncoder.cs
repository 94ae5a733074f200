using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Vectors;
using OrleansSgd.Core.Workers;

namespace OrleansSgd.Grains.Workers;

/// <summary>Encodes updates into frames, and keeps the frames until the machine lets go of them.</summary>
internal sealed class UpdateEncoder(ShardMap map, IUpdateCodec codec, int worker, int incarnation)
{
    private readonly Dictionary<long, UpdateFrames> _kept = [];
    private readonly Stack<UpdateFrames> _spare = new();
    private readonly PushHeader[] _headers = new PushHeader[map.Count];

    /// <summary>Bytes of all frames encoded so far.</summary>
    public long BytesEncoded { get; private set; }

    /// <summary>Sequence of the update encoded last; −1 before the first.</summary>
    public long SequenceEncoded { get; private set; } = -1;

    /// <summary>Encodes rate × gradient; the ticket is written later, by <see cref="Seal"/>.</summary>
    /// <returns>False when a value is not finite.</returns>
    public bool TryEncode(
        WorkerMachine machine, WorkerView view, float[] gradient, float rate)
    {
        if (!codec.TryBegin(gradient, rate))
        {
            return false;
        }

        if (!_spare.TryPop(out UpdateFrames? frames))
        {
            frames = new UpdateFrames(map.Count);
        }

        frames.Sequence = machine.Sequence;
        BatchRange batch = machine.Batch;
        for (int shard = 0; shard < map.Count; shard++)
        {
            ShardRange range = map[shard];
            int payloadSize = codec.PayloadSize(range);
            Span<byte> frame = frames.Resize(shard, PushFrame.HeaderSize + payloadSize);
            ref PushHeader header = ref _headers[shard];
            header = new PushHeader
            {
                Kind = codec.KindOf(range),
                Shard = shard,
                ShardIncarnation = view.Incarnation(shard),
                Worker = worker,
                Incarnation = incarnation,
                Sequence = machine.Sequence,
                Round = batch.Lease.Round,
                Slot = batch.Lease.Slot,
                SlotCount = batch.Lease.SlotCount,
                ViewVersion = view.Version(shard),
                Rate = rate,
                SampleCount = batch.Length,
                Length = range.Length,
                EntryCount = codec.EntryCount(range),
                PayloadSize = payloadSize,
            };
            header.NormSquared = codec.Write(range, frame[PushFrame.HeaderSize..]);
            BytesEncoded += frame.Length;
        }

        SequenceEncoded = frames.Sequence;
        _kept[frames.Sequence] = frames;
        return true;
    }

    /// <summary>Writes the headers of the update just encoded, now that its ticket is known.</summary>
    public void Seal(long sequence, long ticket)
    {
        UpdateFrames frames = _kept[sequence];
        for (int shard = 0; shard < map.Count; shard++)
        {
            _headers[shard].Ticket = ticket;
            PushFrame.WriteHeader(frames.Resize(shard, frames[shard].Length), _headers[shard]);
        }
    }

    /// <summary>The frame of one shard.</summary>
    public ReadOnlyMemory<byte> Frame(long sequence, int shard) => _kept[sequence][shard];

    /// <summary>A call with the frames failed: its receiver may still read them.</summary>
    public void Taint(long sequence)
    {
        if (_kept.TryGetValue(sequence, out UpdateFrames? frames))
        {
            frames.IsTainted = true;
        }
    }

    /// <summary>The frames are not needed any more.</summary>
    public void Release(long sequence)
    {
        if (_kept.Remove(sequence, out UpdateFrames? frames) && !frames.IsTainted)
        {
            _spare.Push(frames);
        }
    }
}
