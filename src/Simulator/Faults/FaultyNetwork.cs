using OrleansSgd.Core.Randomness;
using OrleansSgd.Simulator.Faults.Hosts;

namespace OrleansSgd.Simulator.Faults;

/// <summary>Calls whose requests and answers are late, lost, doubled, overtaken and cut off, as the plan says, until its faults stop.</summary>
internal sealed class FaultyNetwork(VirtualTime time, SeededRandom random, FaultPlan plan)
{
    /// <summary>When a caller gives up, in microseconds of its clock; an answer that comes later is dropped.</summary>
    public const long Timeout = 100_000;

    private const long DelayMin = 200;

    public bool IsFaulty => time.Now < plan.FaultsEnd;

    /// <param name="from">Who calls.</param>
    /// <param name="to">Who is called; null when nobody is there, and then the call is lost.</param>
    /// <param name="deliver">What the receiver does; it answers through the action it is given, now or later.</param>
    public void Call<T>(Silo from, Silo? to, Action<Action<T>> deliver, Action<T> answered, Action failed)
    {
        bool isOpen = true;
        from.After(Timeout, () =>
        {
            if (isOpen)
            {
                isOpen = false;
                failed();
            }
        });
        if (to is null)
        {
            return;
        }

        Send(from, to, () => deliver(answer => Send(to, from, () =>
        {
            if (isOpen)
            {
                isOpen = false;
                answered(answer);
            }
        })));
    }

    private void Send(Silo from, Silo to, Action arrive)
    {
        if (Silo.IsCut(from, to) || (IsFaulty && random.NextDouble() < plan.Loss))
        {
            return;
        }

        double slowness = Math.Max(from.Slowness, to.Slowness);
        time.After(Delay() * slowness, () => to.WhileUp(arrive));
        if (IsFaulty && random.NextDouble() < plan.Duplication)
        {
            time.After(Delay() * slowness, () => to.WhileUp(arrive));
        }
    }

    // Mostly about a millisecond, exponential; the slow ones are overtaken by everything, some by their own repetition.
    private long Delay()
    {
        double mean = IsFaulty && random.NextDouble() < plan.Slow ? Timeout / 2 : plan.DelayMean;
        return DelayMin + (long)(-mean * Math.Log(1 - random.NextDouble()));
    }
}
