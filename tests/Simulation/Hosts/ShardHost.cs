using OrleansSgd.Core.Consistency;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Shards;
using OrleansSgd.Simulation.Facts;

namespace OrleansSgd.Simulation.Hosts;

/// <summary>What a new life of a shard is given.</summary>
internal sealed record ShardGift(
    int Incarnation, int SourceLife, long SourceVersion, float[] Slice, long Version, TicketSet Settled, int[] IncarnationsMin);

/// <summary>One activation of a shard: waits for its parameters, then passes calls on to Core.</summary>
internal sealed class ShardHost(Grid grid, int shard, Silo silo)
{
    // As long as a host holds a pull that asks for a later version, in microseconds; below the callers' timeout.
    private const long HoldTime = 40_000;

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
                shard, gift.Incarnation, gift.SourceLife, gift.SourceVersion, gift.Version, gift.IncarnationsMin));
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
        PushHeader header = PushFrame.ReadHeader(frame);
        PushOutcome outcome = _machine.Push(frame);
        float[] update = new float[header.Length];
        FramePayload.CopyTo(update, header.Kind, PushFrame.Payload(frame, header), header.EntryCount);
        grid.Facts.Add(new Pushed(shard, _machine.Shard.Incarnation, header, update, outcome));
        if (_machine.Shard.Version > version)
        {
            Wake();
        }

        return View(outcome, viewVersion, viewIncarnation);
    }

    public void Pull(long viewVersion, int viewIncarnation, long versionMin, Action<byte[]?> reply)
    {
        bool isHeld = false;
        grid.Time.After(HoldTime, Answer);
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

    /// <returns>What the shard knows of the ticket; null when it waits for its parameters.</returns>
    public FenceReport? Fence(int worker, int incarnationMin, long openTicket, long round)
    {
        if (_machine is null)
        {
            return null;
        }

        if (worker >= 0)
        {
            grid.Facts.Add(new Fenced(shard, _machine.Shard.Incarnation, worker, incarnationMin));
        }

        return _machine.Fence(worker, incarnationMin, openTicket, round);
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
