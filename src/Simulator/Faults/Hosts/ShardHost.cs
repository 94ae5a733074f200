using OrleansSgd.Core.Consistency;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Shards;
using OrleansSgd.Simulator.Faults.Facts;

namespace OrleansSgd.Simulator.Faults.Hosts;

/// <summary>What a new life of a shard is given.</summary>
internal sealed record ShardGift(
    int Incarnation, int SourceLife, long SourceVersion, IReadOnlyList<Pushed> Replayed, float[] Slice, long Version, TicketSet Settled,
    int[] IncarnationsMin);

/// <summary>One activation of a shard: waits for its parameters, then passes calls on to Core.</summary>
internal sealed class ShardHost(Grid grid, int shard, Silo silo) : IActivation
{
    // As long as a host holds a pull that asks for a later version, in microseconds; a fifth of the callers' timeout, as on the grid.
    private const long HoldTime = 20_000;

    private readonly List<Action> _waiting = [];
    private ShardMachine? _machine;
    private bool _isDropped;

    public Silo Silo => silo;

    public bool IsDead => _isDropped || !silo.IsUp;

    public int Ping() => _machine?.Shard.Incarnation ?? 0;

    public void Drop() => _isDropped = true;

    public string Start(ShardGift gift)
    {
        if (_machine is null || gift.Incarnation > _machine.Shard.Incarnation)
        {
            _machine = grid.Hooks.Shard(
                new ParameterShard(shard, gift.Incarnation, [.. gift.Slice], gift.Version, gift.Settled));
            for (int worker = 0; worker < gift.IncarnationsMin.Length; worker++)
            {
                _machine.Shard.Fence(worker, gift.IncarnationsMin[worker], openTicket: -1);
            }

            grid.Facts.Add(new LifeBegan(
                shard, gift.Incarnation, gift.SourceLife, gift.SourceVersion, gift.Replayed, gift.Version, gift.IncarnationsMin));
            Wake();
        }

        return silo.Name;
    }

    /// <returns>Null when the shard waits for its parameters.</returns>
    public byte[]? Push(byte[] frame, long viewVersion, int viewIncarnation)
    {
        if (_machine is null)
        {
            return null;
        }

        long version = _machine.Shard.Version;
        PushOutcome outcome = _machine.Push(frame);
        grid.Facts.Add(Pushed.Of(_machine.Shard.Incarnation, frame, outcome, isKept: false));
        if (_machine.Shard.Version > version)
        {
            Wake();
        }

        return View(outcome, viewVersion, viewIncarnation);
    }

    public void Pull(long viewVersion, int viewIncarnation, long versionMin, Action<byte[]?> reply)
    {
        bool isHeld = false;
        silo.After(HoldTime, Answer);
        TryAnswer();

        void TryAnswer()
        {
            if (_machine is null || _machine.Shard.Version >= versionMin)
            {
                Answer();
            }
            else if (!isHeld)
            {
                _waiting.Add(TryAnswer);
            }
        }

        void Answer()
        {
            if (isHeld || IsDead)
            {
                return;
            }

            isHeld = true;
            if (_machine is null)
            {
                reply(null);
                return;
            }

            var kind = _machine.Shard.Version >= versionMin ? PushOutcomeKind.None : PushOutcomeKind.NotYet;
            reply(View(new PushOutcome(kind, 0, _machine.Shard.Version), viewVersion, viewIncarnation));
        }
    }

    /// <returns>What the shard knows of the ticket; null when it waits for its parameters, or is not that far.</returns>
    /// <param name="life">The life that is meant: what a dead coordinator said of tickets must not reach the lives after it.</param>
    public FenceReport? Fence(int life, int worker, int incarnationMin, long openTicket, long round, ReadOnlyMemory<byte> frame)
    {
        if (_machine is null || _machine.Shard.Incarnation != life)
        {
            return null;
        }

        long version = _machine.Shard.Version;
        FenceReport report = _machine.Fence(worker, incarnationMin, openTicket, round, frame.Span);
        if (report.IsEarly)
        {
            return null;
        }

        if (worker >= 0)
        {
            grid.Facts.Add(new Fenced(shard, _machine.Shard.Incarnation, worker, incarnationMin));
        }

        NoteKept(report, frame.Span, version);
        return report;
    }

    /// <summary>Ends this life as planned: it serves nobody any more.</summary>
    /// <returns>What the shard holds; null when that life is not here.</returns>
    public SliceCopy? HandOver(int life)
    {
        if (_machine is null || _machine.Shard.Incarnation != life)
        {
            return null;
        }

        ParameterShard ended = _machine.Shard;
        var settled = new TicketSet();
        settled.CopyFrom(ended.Settled);
        grid.Drop(shard, this);
        return new SliceCopy(life, ended.Version, ended.Parameters.ToArray(), settled);
    }

    // In rounds the slot that a kept update fills counts once, however often the shard is asked.
    private void NoteKept(in FenceReport report, ReadOnlySpan<byte> frame, long versionBefore)
    {
        if (frame.IsEmpty || !report.HadApplied)
        {
            return;
        }

        ParameterShard now = _machine!.Shard;
        bool isApplied = now.Version > versionBefore;
        if (isApplied || PushFrame.ReadHeader(frame).Round == now.Version)
        {
            var outcome = new PushOutcome(isApplied ? PushOutcomeKind.Applied : PushOutcomeKind.Pending, 0, now.Version);
            grid.Facts.Add(Pushed.Of(now.Incarnation, frame, outcome, isKept: true));
        }

        if (isApplied)
        {
            Wake();
        }
    }

    private byte[] View(in PushOutcome outcome, long viewVersion, int viewIncarnation)
    {
        byte[] frame = new byte[_machine!.Shard.ViewSizeMax];
        int size = _machine.Shard.WriteView(viewVersion, viewIncarnation, outcome, frame);
        return frame[..size];
    }

    private void Wake()
    {
        Action[] waiting = [.. _waiting];
        _waiting.Clear();
        foreach (Action tryAnswer in waiting)
        {
            tryAnswer();
        }
    }
}
