using OrleansSgd.Core.Consistency;
using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Core.Workers;

/// <summary>The parameters one worker computes at, with the version, life and tickets of each shard's slice.</summary>
/// <remarks>
/// One thread (the worker's loop) applies frames; any thread may ask for a copy of a slice, which is how a shard that
/// died is restored from a worker that lived. The lock covers both; gradients read <see cref="Parameters"/> without it,
/// because only the loop that computes them writes.
/// </remarks>
public sealed class WorkerView
{
    private readonly Lock _lock = new();
    private readonly ShardMap _map;
    private readonly float[] _parameters;
    private readonly Slice[] _slices;
    private long[] _exceptions = [];

    private struct Slice
    {
        public int Incarnation;
        public int IncarnationMin;
        public long Version;
        public float ErrorNorm;
        public TicketSet Settled;
    }

    /// <param name="map">The job's shards.</param>
    public WorkerView(ShardMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        _map = map;
        _parameters = new float[map.Dimension];
        _slices = new Slice[map.Count];
        for (int i = 0; i < _slices.Length; i++)
        {
            _slices[i] = new Slice { Incarnation = 0, Version = -1, Settled = new TicketSet() };
        }
    }

    /// <summary>v, [d].</summary>
    public ReadOnlySpan<float> Parameters => _parameters;

    /// <summary>The version of the shard's slice; −1 before the first view.</summary>
    public long Version(int shard) => _slices[shard].Version;

    /// <summary>The life of the shard that the slice came from; 0 before the first view.</summary>
    public int Incarnation(int shard) => _slices[shard].Incarnation;

    /// <summary>Every ticket below this one is in every slice; 0 before all slices have arrived.</summary>
    /// <remarks>For the loop that applies frames.</remarks>
    public long Watermark
    {
        get
        {
            long least = long.MaxValue;
            foreach (ref readonly Slice slice in _slices.AsSpan())
            {
                least = Math.Min(least, slice.Version < 0 ? 0 : slice.Settled.Watermark);
            }

            return least;
        }
    }

    /// <summary>Applies one view frame.</summary>
    /// <param name="frame">A view frame (docs/wire-format.md).</param>
    /// <param name="header">The frame's header.</param>
    /// <returns>
    /// False when the frame comes from a life of the shard that is over (see <see cref="TryCopy"/>). Then nothing was
    /// changed, and what that life said it applied has to be offered to the new one.
    /// </returns>
    /// <exception cref="InvalidDataException">
    /// The frame is damaged, or lists changes against a slice this view does not hold. Nothing was changed.
    /// </exception>
    public bool TryApply(ReadOnlySpan<byte> frame, out ViewHeader header)
    {
        header = ViewFrame.ReadHeader(frame);
        if ((uint)header.Shard >= (uint)_map.Count || header.Length != _map[header.Shard].Length)
        {
            throw new InvalidDataException(
                $"View frame is of shard {header.Shard} with {header.Length} coordinates, which the shard map " +
                $"of {_map.Count} shards does not have.");
        }

        ReadOnlySpan<byte> payload = ViewFrame.Payload(frame, header);
        FramePayload.Validate(header.Kind, payload, header.EntryCount, header.Length);
        ReadOnlySpan<long> exceptions = ViewFrame.ExceptionTickets(frame, header);
        long watermark = Math.Max(0, header.TicketWatermark);
        if (exceptions.Length > 0 && (exceptions[0] == watermark || exceptions[^1] - watermark >= TicketSet.ReachMax))
        {
            throw new InvalidDataException(
                $"View frame lists tickets {exceptions[0]} to {exceptions[^1]} above the watermark {watermark}; they lie 1 to " +
                $"{TicketSet.ReachMax - 1} above it.");
        }

        lock (_lock)
        {
            ref Slice slice = ref _slices[header.Shard];
            if (header.ShardIncarnation < Math.Max(slice.IncarnationMin, slice.Incarnation))
            {
                return false;
            }

            bool isSameLife = header.ShardIncarnation == slice.Incarnation;
            if (!isSameLife && header.Kind != PayloadKind.Dense)
            {
                throw new InvalidDataException(
                    $"View frame lists changes of shard {header.Shard}, life {header.ShardIncarnation}, but the view " +
                    $"holds life {slice.Incarnation}. A new life must send the whole slice.");
            }

            if (isSameLife && header.Version < slice.Version)
            {
                return true; // overtaken by a newer answer
            }

            FramePayload.CopyTo(SliceOf(header.Shard), header.Kind, payload, header.EntryCount);
            slice.Incarnation = header.ShardIncarnation;
            slice.Version = header.Version;
            slice.ErrorNorm = header.ErrorNorm;
            slice.Settled.Load(watermark, exceptions);
        }

        return true;
    }

    /// <summary>
    /// Copies one slice with everything a new life of the shard needs to go on from it, and refuses frames of earlier
    /// lives from now on: an answer that arrives late must not make the worker believe that its update is in.
    /// </summary>
    /// <param name="incarnationNew">The life that is about to start.</param>
    /// <returns>False when no view of the shard has arrived yet.</returns>
    public bool TryCopy(
        int shard, int incarnationNew, Span<float> slice, TicketSet settled, out long version, out int incarnation)
    {
        ArgumentNullException.ThrowIfNull(settled);
        lock (_lock)
        {
            ref Slice source = ref _slices[shard];
            source.IncarnationMin = Math.Max(source.IncarnationMin, incarnationNew);
            version = source.Version;
            incarnation = source.Incarnation;
            if (version < 0)
            {
                return false;
            }

            SliceOf(shard).CopyTo(slice);
            settled.CopyFrom(source.Settled);
            return true;
        }
    }

    /// <summary>Writes into a ledger record which tickets each slice contains, and from which life and version; allocates only to grow.</summary>
    /// <param name="record">One that was begun for as many shards, and has no views yet.</param>
    /// <remarks>For the loop that applies frames: nobody else changes the slices, so it needs no lock.</remarks>
    public void NoteIn(TicketRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        for (int shard = 0; shard < _slices.Length; shard++)
        {
            ref readonly Slice slice = ref _slices[shard];
            int count = slice.Settled.ExceptionCount;
            if (_exceptions.Length < count)
            {
                Array.Resize(ref _exceptions, Math.Max(count, 2 * _exceptions.Length));
            }

            Span<long> exceptions = _exceptions.AsSpan(0, count);
            slice.Settled.CopyExceptionsTo(exceptions);
            record.SetView(shard, slice.Incarnation, slice.Settled.Watermark, exceptions);
            record.Slices[shard].ViewVersion = Math.Max(0, slice.Version);
            record.Slices[shard].ViewErrorSquared = (double)slice.ErrorNorm * slice.ErrorNorm;
        }
    }

    private Span<float> SliceOf(int shard) => _parameters.AsSpan(_map[shard].Start, _map[shard].Length);
}
