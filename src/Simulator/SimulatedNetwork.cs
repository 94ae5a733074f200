using OrleansSgd.Core.Randomness;

namespace OrleansSgd.Simulator;

/// <summary>Calls that take time, and get lost on either way.</summary>
internal sealed class SimulatedNetwork(VirtualTime time, SeededRandom random, DelayPlan delays)
{
    /// <summary>Messages lost so far.</summary>
    public long LostCount { get; private set; }

    /// <summary>Makes a call: exactly one of <paramref name="answered"/> and <paramref name="failed"/> happens.</summary>
    /// <param name="serve">Runs at the receiver, which answers at once or later.</param>
    /// <param name="answered">The answer arrived.</param>
    /// <param name="failed">Question or answer was lost: the caller knows after its timeout.</param>
    public void Call<T>(Action<Action<T>> serve, Action<T> answered, Action failed) =>
        Carry(() => serve(answer => Carry(() => answered(answer), failed)), failed);

    /// <summary>One message that arrives: its sender repeats it until it does.</summary>
    public void Deliver(Action arrive) => time.After(delays.NetworkMin + (delays.NetworkSpread * Exponential(random)), arrive);

    /// <summary>A draw of mean 1.</summary>
    public static double Exponential(SeededRandom random) => -Math.Log(1 - random.NextDouble());

    private void Carry(Action arrive, Action failed)
    {
        if (random.NextDouble() < delays.LossChance)
        {
            LostCount++;
            time.After(delays.Timeout, failed);
        }
        else
        {
            Deliver(arrive);
        }
    }
}
