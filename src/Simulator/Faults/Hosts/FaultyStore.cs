using OrleansSgd.Core.Randomness;

namespace OrleansSgd.Simulator.Faults.Hosts;

/// <summary>Keeps checkpoints through every crash. It is slow, writes fail, and what an old coordinator writes is refused.</summary>
internal sealed class FaultyStore(Grid grid, SeededRandom random)
{
    private SavedCut? _newest;

    /// <summary>The coordinator that may write; the first is 1, and each that takes the job over claims the next number.</summary>
    public long Generation { get; private set; } = 1;

    /// <summary>Takes the job over; the coordinators before can write nothing any more.</summary>
    /// <param name="claimed">Gets the new generation and the newest checkpoint; not called when the store fails.</param>
    public void Claim(Action<long, SavedCut?> claimed, Action failed) => After(
        () =>
        {
            Generation++;
            claimed(Generation, _newest);
        },
        failed);

    /// <summary>Writes each slice and the rest, then publishes all at once. A writer that dies meanwhile stops nothing that it has asked for.</summary>
    /// <param name="over">It is published, or nothing of it ever will be.</param>
    public void Write(long generation, SavedCut cut, Action over)
    {
        int open = cut.Frames.Length + 1;
        bool isWhole = true;
        for (int part = open; part > 0; part--)
        {
            After(() => Written(true), () => Written(false));
        }

        void Written(bool isWritten)
        {
            isWhole &= isWritten;
            if (--open > 0)
            {
                return;
            }

            _newest = isWhole && (generation == Generation || grid.Hooks.LetsOldCoordinatorsWrite) ? cut : _newest;
            over();
        }
    }

    private void After(Action done, Action failed)
    {
        bool isFailing = grid.Network.IsFaulty && random.NextDouble() < grid.Plan.StoreErrors;
        grid.Time.After(-grid.Plan.StoreDelay * Math.Log(1 - random.NextDouble()), isFailing ? failed : done);
    }
}
