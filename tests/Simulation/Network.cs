using OrleansSgd.Core.Randomness;

namespace OrleansSgd.Simulation;

/// <summary>Calls whose requests and answers are late, lost, doubled and overtaken, as the plan says, until its faults stop.</summary>
internal sealed class Network(VirtualTime time, SeededRandom random, FaultPlan plan)
{
    /// <summary>When a caller gives up, in microseconds; an answer that comes later is dropped.</summary>
    public const long Timeout = 100_000;

    private const long DelayMin = 200;

    public bool IsFaulty => time.Now < plan.FaultsEnd;

    /// <param name="deliver">What the receiver does; it answers through the action it is given, now or later.</param>
    public void Call<T>(Action<Action<T>> deliver, Action<T> answered, Action failed)
    {
        bool isOpen = true;
        time.After(Timeout, () =>
        {
            if (isOpen)
            {
                isOpen = false;
                failed();
            }
        });
        Send(() => deliver(answer => Send(() =>
        {
            if (isOpen)
            {
                isOpen = false;
                answered(answer);
            }
        })));
    }

    private void Send(Action arrive)
    {
        if (IsFaulty && random.NextDouble() < plan.Loss)
        {
            return;
        }

        time.After(Delay(), arrive);
        if (IsFaulty && random.NextDouble() < plan.Duplication)
        {
            time.After(Delay(), arrive);
        }
    }

    // Mostly about a millisecond, exponential; the slow ones are overtaken by everything, some by their own repetition.
    private long Delay()
    {
        double mean = IsFaulty && random.NextDouble() < plan.Slow ? Timeout / 2 : plan.DelayMean;
        return DelayMin + (long)(-mean * Math.Log(1 - random.NextDouble()));
    }
}
