using System.Diagnostics.CodeAnalysis;
using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Optimizers;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Vectors;
using OrleansSgd.Core.Workers;

namespace OrleansSgd.Simulator;

/// <summary>Makes one worker's updates: gradient, rule, codec, frames, and the row that the ledger is told.</summary>
internal sealed class WorkerUpdates
{
    // The noise of a worker's first updates is always measured, so that short runs have an estimate.
    private const int NoiseFirst = 8;

    private readonly SimulatedGrid _grid;
    private readonly WorkerView _view;
    private readonly int _worker;
    private readonly int _incarnation;
    private readonly IUpdateCodec _codec;
    private readonly IUpdateRule _rule;
    private readonly Dictionary<long, byte[][]> _frames = [];
    private readonly float[] _sum;
    private readonly float[] _gradient;
    private readonly float[] _half;
    private readonly float[] _own;
    private readonly List<float[]> _points = [];
    private TicketRecord _row = new();
    private TicketRecord? _told;
    private TicketGrant _grant;
    private RuleUpdate _update;
    private Secant? _secant;
    private double _rate;
    private double _cut;
    private long _made;
    private bool _hasUpdate;

    private sealed record Secant(float[] Point, float[] Gradient, int Epoch, int Start, int End);

    public WorkerUpdates(SimulatedGrid grid, WorkerView view, int worker, int incarnation)
    {
        _grid = grid;
        _view = view;
        _worker = worker;
        _incarnation = incarnation;
        int d = grid.Map.Dimension;
        ulong seed = grid.Run.Seed + ((ulong)worker << 32) + ((ulong)incarnation << 48);
        _codec = UpdateCodecs.Create(grid.Run.Codec, d, seed);
        _rule = UpdateRules.Create(grid.Run.Rule, d);
        _sum = new float[d];
        _gradient = new float[d];
        _half = new float[d];
        _own = new float[d];
    }

    /// <summary>Gradients in the update made last.</summary>
    public int StepCount => _points.Count;

    /// <summary>How long they took, in seconds.</summary>
    public double Seconds { get; set; } = double.NaN;

    private RunPlan Plan => _grid.Run;

    private bool IsRound => Plan.Mode == RunPlan.Bsp;

    /// <summary>At least the norm of the update that is about to be sent.</summary>
    public double NormBound(WorkerMachine machine)
    {
        double held = Math.Sqrt(_codec.ResidualNormSquared);
        return machine.IsFlushing || !_hasUpdate ? held : (_update.Rate * Math.Sqrt(GradientNorms.Squared(_update.Vector))) + held;
    }

    /// <summary>The ticket of the update in hand, or of the one that is about to be made.</summary>
    public void Ticketed(WorkerMachine machine, TicketGrant grant)
    {
        _grant = grant;
        if (machine.IsFlushing)
        {
            BeginRow();
        }
    }

    /// <summary>Computes the gradients of the machine's batch.</summary>
    /// <param name="smoothnessIsKnown">False when secants have to be measured.</param>
    public void Compute(WorkerMachine machine, bool smoothnessIsKnown)
    {
        if (_hasUpdate)
        {
            _rule.TakeBack(); // its ticket was refused: the same batch is computed again
        }

        BatchRange batch = machine.Batch;
        BeginRow();
        float[] point = _view.Parameters.ToArray();
        StandIn(machine, point);
        if (!smoothnessIsKnown)
        {
            MeasureSecant(point, batch);
        }

        double epoch = batch.Lease.Epoch + ((double)batch.Start / _grid.Plan.Samples);
        float rate = (float)Plan.RateOf(epoch, batch.Lease.SlotCount);
        Descend(point, batch, rate);
        _cut = Plan.Rule.ClipNorm > 0 ? NormClip.Clip(_sum, Plan.Rule.ClipNorm) * rate : 0;
        _rate = rate * _rule.RateFactor;
        _update = _rule.Take(_sum, rate);
        _hasUpdate = true;
        _made++;
    }

    /// <summary>Encodes the update whose ticket is known; false when it is not finite.</summary>
    public bool TryEncode(WorkerMachine machine)
    {
        if (machine.IsFlushing)
        {
            Flush(machine);
            return true;
        }

        if (!_codec.TryBegin(_update.Vector, _update.Rate))
        {
            return false;
        }

        _row.Gamma = _codec.Gamma;
        Encode(machine, _update.Rate, range =>
        {
            byte[] payload = new byte[_codec.PayloadSize(range)];
            PayloadKind kind = _codec.KindOf(range);
            int count = _codec.EntryCount(range);
            double normSquared = _codec.Write(range, payload);
            return (kind, count, payload, normSquared);
        });
        _hasUpdate = false;
        return true;
    }

    /// <summary>The frame of one shard.</summary>
    public byte[] Frame(long sequence, int shard) => _frames[sequence][shard];

    /// <summary>The frames are not needed any more.</summary>
    public void Release(long sequence) => _frames.Remove(sequence);

    /// <summary>The row of the update that every shard has answered for, once.</summary>
    public bool TryTakeRow([NotNullWhen(true)] out TicketRecord? row)
    {
        row = _told;
        _told = null;
        return row is not null;
    }

    private void Flush(WorkerMachine machine)
    {
        _points.Clear();
        _rate = 0;
        Seconds = double.NaN;
        Encode(machine, 0, range =>
        {
            PayloadKind kind = ResidualFlush.KindOf(_codec, range);
            byte[] payload = new byte[kind == PayloadKind.None ? 0 : range.Length * sizeof(float)];
            double normSquared = ResidualFlush.Write(_codec, range, payload);
            return (kind, kind == PayloadKind.None ? 0 : range.Length, payload, normSquared);
        });
    }

    private void BeginRow()
    {
        _row = new TicketRecord();
        _row.Begin(_grid.Map.Count);
        _view.NoteIn(_row);
    }

    // Variance-bounded, own: each update that the view lacks is taken to be what this worker sent last.
    private void StandIn(WorkerMachine machine, float[] point)
    {
        if (!machine.TicketFirst || Plan.Substitute != "own")
        {
            return;
        }

        for (int shard = 0; shard < _grid.Map.Count; shard++)
        {
            ShardRange range = _grid.Map[shard];
            long missing = MissingFrom(shard);
            double squared = 0;
            for (int i = range.Start; missing > 0 && i < range.End; i++)
            {
                float moved = missing * _own[i];
                point[i] -= moved;
                squared += (double)moved * moved;
            }

            _row.Slices[shard].SubstituteNormSquared = squared;
        }
    }

    private long MissingFrom(int shard)
    {
        long missing = Math.Max(0, _grant.RoundTicket - _row.Slices[shard].ViewWatermark);
        foreach (long ticket in _row.Exceptions(shard))
        {
            missing -= ticket < _grant.RoundTicket ? 1 : 0;
        }

        return missing;
    }

    private void Descend(float[] point, in BatchRange batch, float rate)
    {
        bool measuresNoise = _made < NoiseFirst || _made % Plan.Consistency.NoiseEvery == 0;
        _points.Clear();
        _sum.AsSpan().Clear();
        _row.LossSum = 0;
        _row.SampleCount = batch.Length;
        for (int start = batch.Start; start < batch.End; start += Plan.Batch)
        {
            int end = Math.Min(batch.End, start + Plan.Batch);
            _points.Add([.. point]);
            _row.LossSum += Gradient(point, batch.Lease.Epoch, start, end, measuresNoise && start == batch.Start);
            _grid.MagnitudeMax = Math.Max(_grid.MagnitudeMax, Math.Sqrt(GradientNorms.Squared(_gradient)));
            bool isLast = end == batch.End;
            for (int i = 0; i < point.Length; i++)
            {
                _sum[i] += _gradient[i];
                point[i] -= isLast ? 0 : rate * _gradient[i];
            }
        }

        _row.StepCount = _points.Count;
        if (batch.Lease.SlotCount > 1 && _points.Count > 1)
        {
            _row.LocalDistance = _points.Max(one => Math.Sqrt(GradientNorms.DistanceSquared(one, _points[0])));
        }
    }

    private double Gradient(float[] point, int epoch, int start, int end, bool measuresNoise)
    {
        if (!measuresNoise || end - start < 2)
        {
            return _grid.Objective.Gradient(point, epoch, start, end, _gradient);
        }

        int first = HalfBatches.FirstCount(end - start);
        double loss = _grid.Objective.Gradient(point, epoch, start, start + first, _gradient)
            + _grid.Objective.Gradient(point, epoch, start + first, end, _half);
        HalfBatchNorms norms = HalfBatches.Merge(_gradient, first, _half, end - start - first);
        _row.GradientNormSquared = norms.GradientSquared;
        _row.HalfBatchDifferenceSquared = norms.HalfDifferenceSquared;
        return loss;
    }

    private void MeasureSecant(float[] point, in BatchRange batch)
    {
        int every = Plan.Consistency.SmoothnessEvery;
        if (_secant is { } last)
        {
            _secant = null;
            _grid.Objective.Gradient(point, last.Epoch, last.Start, last.End, _gradient);
            double distance = Math.Sqrt(GradientNorms.DistanceSquared(point, last.Point));
            if (distance > 0)
            {
                _row.SecantGradient = Math.Sqrt(GradientNorms.DistanceSquared(_gradient, last.Gradient));
                _row.SecantDistance = distance;
            }
        }

        if (every > 0 && _made % every == 0)
        {
            int end = Math.Min(batch.End, batch.Start + Plan.Batch);
            float[] gradient = new float[point.Length];
            _grid.Objective.Gradient(point, batch.Lease.Epoch, batch.Start, end, gradient);
            _secant = new Secant([.. point], gradient, batch.Lease.Epoch, batch.Start, end);
        }
    }

    private void Encode(
        WorkerMachine machine, float rate, Func<ShardRange, (PayloadKind Kind, int Count, byte[] Payload, double NormSquared)> write)
    {
        BatchRange batch = machine.Batch;
        byte[][] frames = new byte[_grid.Map.Count][];
        float[] sent = new float[_grid.Map.Dimension];
        for (int shard = 0; shard < frames.Length; shard++)
        {
            ShardRange range = _grid.Map[shard];
            (PayloadKind kind, int count, byte[] payload, double normSquared) = write(range);
            FramePayload.CopyTo(sent.AsSpan(range.Start, range.Length), kind, payload, count);
            frames[shard] = new byte[PushFrame.HeaderSize + payload.Length];
            payload.CopyTo(frames[shard], PushFrame.HeaderSize);
            PushFrame.WriteHeader(frames[shard], new PushHeader
            {
                Kind = kind,
                Shard = shard,
                ShardIncarnation = _view.Incarnation(shard),
                Worker = _worker,
                Incarnation = _incarnation,
                Sequence = machine.Sequence,
                Ticket = _grant.Ticket,
                Round = IsRound ? batch.Lease.Round : -1,
                Slot = IsRound ? batch.Lease.Slot : 0,
                SlotCount = IsRound ? batch.Lease.SlotCount : 1,
                ViewVersion = _view.Version(shard),
                Rate = rate,
                SampleCount = batch.Length,
                NormSquared = normSquared,
                Length = range.Length,
                EntryCount = count,
                PayloadSize = payload.Length,
            });
            _row.Slices[shard].NormSquared = normSquared;
            _row.Slices[shard].State = IsRound ? SliceState.Pending : SliceState.Applied;
            _row.Slices[shard].Projection = _grid.Projections[shard].Of(kind, payload, count);
        }

        if (machine.IsFlushing)
        {
            _codec.ClearResidual();
        }

        _frames[machine.Sequence] = frames;
        sent.CopyTo(_own, 0);
        Tell(batch, sent);
    }

    private void Tell(in BatchRange batch, float[] sent)
    {
        float[] held = Held();
        _row.Ticket = _grant.Ticket;
        _row.RoundTicket = _grant.RoundTicket;
        _row.SlotCount = batch.Lease.SlotCount;
        _row.Worker = _worker;
        _row.Incarnation = _incarnation;
        _row.Rate = _rate;
        _row.ResidualNormSquared = GradientNorms.Squared(held);
        _row.GradientSeconds = Seconds;
        double dropped = _cut + (Plan.Codec.ErrorFeedback || _points.Count == 0 ? 0 : Math.Sqrt(_codec.Gamma * _codec.UpdateNormSquared));
        _row.DroppedNormSquared = double.IsFinite(dropped) ? dropped * dropped : 0;
        _told = _row;
        _grid.Truth.Made(new TicketFacts
        {
            Ticket = _grant.Ticket,
            RoundTicket = _grant.RoundTicket,
            Worker = _worker,
            Incarnation = _incarnation,
            Rate = _rate,
            StepRate = _rate * batch.Lease.SlotCount,
            Points = [.. _points],
            Update = sent,
            Held = held,
            IsSingleStep = batch.Lease.SlotCount == 1,
        });
    }

    // Residual and momentum together: what x counts as applied already.
    private float[] Held()
    {
        ReadOnlySpan<float> residual = _codec.Residual;
        ReadOnlySpan<float> velocity = _rule.Held;
        if (residual.IsEmpty && velocity.IsEmpty)
        {
            return [];
        }

        float[] held = new float[_grid.Map.Dimension];
        for (int i = 0; i < held.Length; i++)
        {
            held[i] = (residual.IsEmpty ? 0 : residual[i]) + (velocity.IsEmpty ? 0 : (float)_rule.HeldFactor * velocity[i]);
        }

        return held;
    }
}
