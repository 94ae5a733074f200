using OrleansSgd.Simulator.Faults.Facts;

namespace OrleansSgd.Simulator.Faults.Checks;

/// <summary>
/// Nothing comes from a life that is over: a result is read from the newest life of each shard, and only the newest life of a worker gets tickets.
/// </summary>
internal sealed class LifeCheck : Check
{
    // An answer may be on its way while the next life begins.
    private const double OnItsWay = 2 * FaultyNetwork.Timeout;

    public override string? Breach(RunFacts facts)
    {
        var newest = new Dictionary<int, int>();
        foreach (TicketGiven given in facts.Of<TicketGiven>())
        {
            int known = newest.GetValueOrDefault(given.Worker);
            if (given.Incarnation < known)
            {
                return $"ticket {given.Ticket} was given to life {given.Incarnation} of worker {given.Worker}, after one to life {known}";
            }

            newest[given.Worker] = given.Incarnation;
        }

        foreach (Read read in facts.Of<Read>())
        {
            int life = NewestLife(facts, read.Shard, read.Moment - OnItsWay);
            if (read.Life < life)
            {
                return $"the result has shard {read.Shard} from its life {read.Life}, long after life {life} began";
            }
        }

        return null;
    }

    private static int NewestLife(RunFacts facts, int shard, double moment)
    {
        int newest = 0;
        for (int i = 0; i < facts.All.Count && facts.Moments[i] <= moment; i++)
        {
            newest = facts.All[i] is LifeBegan began && began.Shard == shard ? Math.Max(newest, began.Life) : newest;
        }

        return newest;
    }
}
