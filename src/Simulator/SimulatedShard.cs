using OrleansSgd.Core.Shards;

namespace OrleansSgd.Simulator;

/// <summary>One shard of a simulated run: passes calls on to the life it has, if it has one.</summary>
internal sealed class SimulatedShard(VirtualTime time, DelayPlan delays)
{
    private readonly List<Action> _waiting = [];

    /// <summary>Null between two lives.</summary>
    public ParameterShard? Life { get; private set; }

    public void Begin(ParameterShard life)
    {
        Life = life;
        Wake();
    }

    public void Kill()
    {
        Life = null;
        Wake();
    }

    /// <summary>Answers a view frame; null between two lives.</summary>
    public byte[]? Push(byte[] frame, long viewVersion, int viewIncarnation)
    {
        if (Life is null)
        {
            return null;
        }

        long version = Life.Version;
        PushOutcome outcome = Life.Push(frame);
        if (Life.Version > version)
        {
            Wake();
        }

        return View(Life, outcome, viewVersion, viewIncarnation);
    }

    /// <summary>Answers once the shard has the version, or when it was held long enough.</summary>
    public void Pull(long viewVersion, int viewIncarnation, long versionMin, Action<byte[]?> reply)
    {
        bool isAnswered = false;
        time.After(delays.HoldTime, () => Answer(PushOutcomeKind.NotYet));
        Try();

        void Try()
        {
            if (Life is null || Life.Version >= versionMin)
            {
                Answer(PushOutcomeKind.None);
            }
            else
            {
                _waiting.Add(Try);
            }
        }

        void Answer(PushOutcomeKind kind)
        {
            if (!isAnswered)
            {
                isAnswered = true;
                reply(Life is null ? null : View(Life, new PushOutcome(kind, 0, Life.Version), viewVersion, viewIncarnation));
            }
        }
    }

    private static byte[] View(ParameterShard life, in PushOutcome outcome, long viewVersion, int viewIncarnation)
    {
        byte[] frame = new byte[life.ViewSizeMax];
        return frame[..life.WriteView(viewVersion, viewIncarnation, outcome, frame)];
    }

    private void Wake()
    {
        Action[] waiting = [.. _waiting];
        _waiting.Clear();
        foreach (Action again in waiting)
        {
            again();
        }
    }
}
