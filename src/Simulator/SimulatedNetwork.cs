using OrleansSgd.Core.Randomness;

namespace OrleansSgd.Simulator;

/// <summary>Calls that take time, and get lost on either way.</summary>
internal sealed class SimulatedNetwork(VirtualTime time, SeededRandom random, DelayPlan delays)
{
    /// <summary>Messages lost so far.</summary>
    public long LostCount { get; private set; }

    /// <summary>Makes a call: exactly one of <paramref name="answered"/> and <paramref name="failed"/> happens.</summary>
    /// <param name="serve">Runs at the receiver, which may answer at once, later or never.</param>
    public void Call<T>(Action<Action<T>> serve, Action<T> answered, Action failed)
    {
        bool isOver = false;
        time.After(delays.Timeout, () =>
        {
            if (!isOver)
            {
                isOver = true;
                failed();
            }
        });
        Carry(() => serve(answer => Carry(() =>
        {
            if (!isOver)
            {
                isOver = true;
                answered(answer);
            }
        })));
    }

    /// <summary>One message that arrives: its sender repeats it until it does.</summary>
    public void Deliver(Action arrive) => time.After(delays.NetworkMin + (delays.NetworkSpread * Exponential(random)), arrive);

    private void Carry(Action arrive)
    {
        if (random.NextDouble() < delays.LossChance)
        {
            LostCount++;
        }
        else
        {
            Deliver(arrive);
        }
    }

    /// <summary>A draw of mean 1.</summary>
    public static double Exponential(SeededRandom random) => -Math.Log(1 - random.NextDouble());
}
