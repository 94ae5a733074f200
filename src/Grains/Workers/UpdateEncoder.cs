using System.Buffers.Binary;
using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Optimizers;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Vectors;
using OrleansSgd.Core.Workers;

namespace OrleansSgd.Grains.Workers;

/// <summary>
/// Encodes updates into frames, keeps the frames until the machine lets go of them, and tells the ledger of each update once every shard has it.
/// </summary>
/// <remarks>
/// Order of one update: <see cref="TryEncode"/> (or <see cref="Flush"/>), <see cref="Seal"/> once its ticket is known, or <see cref="Discard"/>
/// if it gets none; <see cref="Answered"/> once every shard has answered; <see cref="Release"/>.
/// </remarks>
internal sealed class UpdateEncoder(RunPlan plan, ShardMap map, IUpdateCodec codec, IUpdateRule rule, int worker, int incarnation, bool isCarried = false)
{
    // A sketch is made of values that are decoded one way or the other, and a rule of its own keeps its vector.
    private readonly bool _mayLend = plan.Consistency.Sketch == 0 && plan.Rule.Kind == RulePlan.Sgd;

    // Scales and values are rounded to f32 a few times on the way.
    private const double RoundingFactor = 1 + 1e-6;

    private readonly Dictionary<long, UpdateFrames> _kept = [];
    private readonly Stack<UpdateFrames> _spare = new();
    private readonly PushHeader[] _headers = new PushHeader[map.Count];
    private readonly SliceMeasures _measures = new(plan, map);
    private readonly LedgerRows _rows = new();
    private readonly List<UpdateFrames> _freed = [];

    // Without a keeper nobody reads frames that the machine has released; an update without a ticket nobody has seen.
    private long _safe = long.MaxValue;

    /// <summary>Bytes of all frames encoded so far.</summary>
    public long BytesEncoded { get; private set; }

    /// <summary>Sequence of the update encoded last; −1 before the first.</summary>
    public long SequenceEncoded { get; private set; } = -1;

    /// <summary>The update encoded last, in parameter units; what shards decode has exactly this norm.</summary>
    public double Norm { get; private set; }

    /// <summary>Norm of what the codec holds back, in parameter units: what <see cref="Flush"/> sends; O(d).</summary>
    public double ResidualNorm => Math.Sqrt(codec.ResidualNormSquared);

    /// <summary>Rows of the ledger that no answered request has carried yet (<see cref="LedgerRows.TryTake"/>); empty for none.</summary>
    public ReadOnlyMemory<byte> Ledger => _rows.Pending;

    /// <summary>A request that carried all of <see cref="Ledger"/> was answered.</summary>
    public void LedgerSent() => _rows.Sent();

    /// <summary>A request that carried <see cref="Ledger"/> failed: its receiver may still read the bytes.</summary>
    public void LedgerTaint() => _rows.Taint();

    /// <summary>At least the norm of the update that a gradient will make, before it is encoded; O(d).</summary>
    /// <param name="step">Has the gradient.</param>
    /// <param name="rate">α, or α / p.</param>
    public double NormBound(GradientStep step, float rate)
    {
        double taken = Lends(step) ? Math.Sqrt(_measures.OfLent(step.Gradient, step.Count, rate)) : rate * step.GradientNorm;
        double held = rule.Held.IsEmpty ? 0 : Math.Sqrt(GradientNorms.Squared(rule.Held)); // μ < 1
        return codec.GrowthMax * RoundingFactor * (taken + held + ResidualNorm);
    }

    /// <summary>Encodes what rule and codec make of the gradient; the ticket is written later, by <see cref="Seal"/>.</summary>
    /// <param name="sequence">Number of the update.</param>
    /// <param name="batch">What it was computed on.</param>
    /// <param name="step">Gradient and record; the record's views must be those the gradient was computed at. The gradient is used up.</param>
    /// <param name="rate">α, or α / p.</param>
    /// <returns>False when a value is not finite.</returns>
    public bool TryEncode(long sequence, in BatchRange batch, GradientStep step, float rate)
    {
        bool isLent = Lends(step);
        RuleUpdate update = rule.Take(step.Gradient, rate);
        if (!(isLent ? TryLend(step, rate)
            : update.Vector == step.Gradient ? step.HandOver(codec, update.Rate)
            : codec.TryBegin(update.Vector, update.Rate)))
        {
            return false;
        }

        UpdateFrames frames = Keep(sequence, batch, isFlush: false);
        TicketRecord record = frames.Record;
        record.CopyFrom(step.Record);
        Name(record, batch);
        float rateInAll = (float)(rate * rule.RateFactor);
        record.Rate = rateInAll;
        for (int shard = 0; shard < map.Count; shard++)
        {
            ref PushHeader header = ref Head(frames, batch, shard, rateInAll);
            if (isLent)
            {
                WriteScale(frames, shard, rate, ref header);
            }
            else
            {
                WriteValues(frames, shard, ref header);
            }
        }

        if (isLent)
        {
            step.Lend(frames, map);
        }

        // What was not sent is in the residual now, or nowhere.
        double unsent = codec.Gamma == 0 ? 0 : Math.Sqrt(codec.Gamma * codec.UpdateNormSquared);
        bool isKept = !codec.Residual.IsEmpty;
        double dropped = (isKept ? 0 : unsent) + (rateInAll * step.ClippedNorm);
        double held = (isKept ? unsent : 0) + rule.HeldNorm;
        record.Gamma = codec.Gamma;
        record.DroppedNormSquared = dropped * dropped;
        record.ResidualNormSquared = held * held;
        record.LocalDistance += LocalMissed(step, rate, batch);
        Finish(frames, codec.Residual);
        return true;
    }

    /// <summary>Encodes the whole residual, uncompressed, as an update of rate 0: what a worker owes that will make no more.</summary>
    /// <param name="view">The worker's view; every ticket has one.</param>
    public void Flush(long sequence, in BatchRange batch, WorkerView view)
    {
        UpdateFrames frames = Keep(sequence, batch, isFlush: true);
        TicketRecord record = frames.Record;
        record.Begin(map.Count, plan.Consistency.Sketch, GradientStep.HoldsBack(plan));
        view.NoteIn(record);
        Name(record, batch);
        for (int shard = 0; shard < map.Count; shard++)
        {
            ShardRange range = map[shard];
            PayloadKind kind = ResidualFlush.KindOf(codec, range);
            int entryCount = kind == PayloadKind.None ? 0 : range.Length;
            int payloadSize = FramePayload.SizeOf(kind, entryCount, range.Length);
            Span<byte> payload = frames.Resize(shard, PushFrame.HeaderSize + payloadSize)[PushFrame.HeaderSize..];
            ref PushHeader header = ref Head(frames, batch, shard, rate: 0);
            header.Kind = kind;
            header.EntryCount = entryCount;
            header.PayloadSize = payloadSize;
            header.NormSquared = ResidualFlush.Write(codec, range, payload);
            Account(record, header, payload);
        }

        record.ResidualNormSquared = rule.HeldNorm * rule.HeldNorm;
        Finish(frames, residual: []);
    }

    /// <summary>Writes the headers of the update just encoded, now that its ticket is known.</summary>
    /// <param name="roundTicket">First ticket of its round; the ticket itself when asynchronous.</param>
    public void Seal(long sequence, long ticket, long roundTicket)
    {
        UpdateFrames frames = _kept[sequence];
        if (frames.IsFlush && frames.Record.Ticket != ticket)
        {
            codec.ClearResidual(); // it is the shards' from now on
        }

        frames.Record.Ticket = ticket;
        frames.Record.RoundTicket = roundTicket;
        for (int shard = 0; shard < map.Count; shard++)
        {
            _headers[shard].Ticket = ticket;
            PushFrame.WriteHeader(frames.Resize(shard, frames[shard].Length), _headers[shard]);
        }

        frames.Seal();
    }

    /// <summary>One update that was sealed and is still here.</summary>
    public UpdateFrames Kept(long sequence) => _kept[sequence];

    /// <summary>Every sealed update of a ticket from this one on, in their order.</summary>
    public IEnumerable<UpdateFrames> KeptFrom(long ticketMin) =>
        [.. _kept.Values.Where(one => one.Record.Ticket >= ticketMin).OrderBy(one => one.Record.Ticket)];

    /// <summary>No keeper reads the frames of updates below this ticket any more; what the machine has released of them is used again.</summary>
    public void Secured(long safe)
    {
        _safe = safe;
        foreach (UpdateFrames frames in _kept.Values)
        {
            if (frames.IsReleased && frames.Record.Ticket < safe)
            {
                _freed.Add(frames);
            }
        }

        foreach (UpdateFrames frames in _freed)
        {
            Free(frames);
        }

        _freed.Clear();
    }

    /// <summary>The update just encoded gets no ticket: rule and codec are as they were before it.</summary>
    public void Discard(long sequence)
    {
        if (!_kept.TryGetValue(sequence, out UpdateFrames? frames))
        {
            return;
        }

        if (!frames.IsFlush)
        {
            codec.TakeBack();
            rule.TakeBack();
        }

        Release(sequence);
        SequenceEncoded = sequence - 1;
    }

    /// <summary>
    /// Every shard has answered the update's pushes: it becomes a row of <see cref="Ledger"/>. In rounds, where shards still keep what they
    /// answered, its slices are pending.
    /// </summary>
    public void Answered(long sequence)
    {
        UpdateFrames frames = _kept[sequence];
        foreach (ref SliceRecord slice in frames.Record.Slices)
        {
            slice.State = frames.Round >= 0 ? SliceState.Pending : SliceState.Applied;
        }

        _rows.Add(frames.Record);
    }

    /// <summary>The frame of one shard.</summary>
    public ReadOnlyMemory<byte> Frame(long sequence, int shard) => _kept[sequence][shard];

    /// <summary>The values of one shard that lie beside its frame; empty where the frame is whole.</summary>
    public ReadOnlyMemory<byte> Values(long sequence, int shard) => _kept[sequence].Values is { Length: > 0 } values ? values[shard] : default;

    /// <summary>What the ledger is told of an update that is kept.</summary>
    public TicketRecord Record(long sequence) => _kept[sequence].Record;

    /// <summary>A call with the frames failed: its receiver may still read them.</summary>
    public void Taint(long sequence)
    {
        if (_kept.TryGetValue(sequence, out UpdateFrames? frames))
        {
            frames.IsTainted = true;
        }
    }

    /// <summary>The machine does not need the frames any more.</summary>
    public void Release(long sequence)
    {
        if (_kept.TryGetValue(sequence, out UpdateFrames? frames))
        {
            frames.IsReleased = true;
            if (frames.Record.Ticket < _safe)
            {
                Free(frames);
            }
        }
    }

    private void Free(UpdateFrames frames)
    {
        _kept.Remove(frames.Sequence);
        if (!frames.IsTainted)
        {
            _spare.Push(frames);
        }
    }

    private UpdateFrames Keep(long sequence, in BatchRange batch, bool isFlush)
    {
        UpdateFrames frames = _spare.TryPop(out UpdateFrames? spare) ? spare : new UpdateFrames(map.Count);
        _kept[sequence] = frames;
        frames.Sequence = sequence;
        frames.IsReleased = false;
        frames.Return();
        frames.Round = RoundOf(batch);
        frames.IsFlush = isFlush;
        return frames;
    }

    // Where rounds overlap, shards apply an update when it comes, whatever its round.
    private long RoundOf(in BatchRange batch) => plan.Mode == RunPlan.VarianceBounded ? -1 : batch.Lease.Round;

    private void Name(TicketRecord record, in BatchRange batch)
    {
        record.Worker = worker;
        record.Incarnation = incarnation;
        record.ResidualCarried = isCarried;
        record.SlotCount = batch.Lease.SlotCount;
        record.Ticket = -1;
    }

    private bool Lends(GradientStep step) => _mayLend && codec.SendsAll(step.Gradient);

    // Frames carry the gradient itself: nothing is multiplied before a shard does it, and nothing is copied before a wire does.
    private bool TryLend(GradientStep step, float rate)
    {
        double normSquared = _measures.OfLent(step.Gradient, step.Count, rate);
        if (!double.IsFinite(normSquared))
        {
            return false;
        }

        codec.Lend(normSquared);
        return true;
    }

    private void WriteScale(UpdateFrames frames, int shard, float rate, ref PushHeader header)
    {
        BinaryPrimitives.WriteSingleLittleEndian(frames.Resize(shard, PushFrame.ScaledHeadSize)[PushFrame.HeaderSize..], rate);
        int length = map[shard].Length;
        header.Kind = PayloadKind.DenseScaled;
        header.EntryCount = length;
        header.PayloadSize = FramePayload.SizeOf(header.Kind, length, length);
        header.NormSquared = _measures.NoteLent(frames.Record, shard);
        BytesEncoded += PushFrame.HeaderSize + header.PayloadSize;
    }

    private void WriteValues(UpdateFrames frames, int shard, ref PushHeader header)
    {
        ShardRange range = map[shard];
        int payloadSize = codec.PayloadSize(range);
        Span<byte> payload = frames.Resize(shard, PushFrame.HeaderSize + payloadSize)[PushFrame.HeaderSize..];
        header.Kind = codec.KindOf(range);
        header.EntryCount = codec.EntryCount(range);
        header.PayloadSize = payloadSize;
        header.NormSquared = codec.Write(range, payload);
        Account(frames.Record, header, payload);
    }

    private ref PushHeader Head(UpdateFrames frames, in BatchRange batch, int shard, float rate)
    {
        ref readonly SliceRecord slice = ref frames.Record.Slices[shard];
        ref PushHeader header = ref _headers[shard];
        header = new PushHeader
        {
            Shard = shard,
            ShardIncarnation = slice.ViewIncarnation,
            Worker = worker,
            Incarnation = incarnation,
            Sequence = frames.Sequence,
            Round = frames.Round,
            Slot = frames.Round >= 0 ? batch.Lease.Slot : 0,
            SlotCount = frames.Round >= 0 ? batch.Lease.SlotCount : 1,
            ViewVersion = slice.ViewVersion,
            Rate = rate,
            SampleCount = frames.Record.SampleCount,
            Length = map[shard].Length,
        };
        return ref header;
    }

    private void Account(TicketRecord record, in PushHeader header, ReadOnlySpan<byte> payload)
    {
        record.Slices[header.Shard].NormSquared = header.NormSquared;
        _measures.Measure(record, header.Shard, header.Kind, payload, header.EntryCount);
        BytesEncoded += PushFrame.HeaderSize + payload.Length;
    }

    private void Finish(UpdateFrames frames, ReadOnlySpan<float> residual)
    {
        _measures.MeasureHeld(frames.Record, residual, rule);
        double squared = 0;
        foreach (ref readonly SliceRecord slice in frames.Record.Slices)
        {
            squared += slice.NormSquared;
        }

        Norm = Math.Sqrt(squared);
        SequenceEncoded = frames.Sequence;
    }

    // Local steps went by the rate of the schedule. Where the update goes by another one, x moves by so much less than the worker did.
    private static double LocalMissed(GradientStep step, float rate, in BatchRange batch)
    {
        float planned = step.RateOf(batch);
        return planned > 0 && rate != planned ? Math.Abs(1 - (rate / (double)planned)) * step.LocalDistance : 0;
    }
}
