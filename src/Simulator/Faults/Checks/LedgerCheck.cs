using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Simulator.Faults.Facts;

namespace OrleansSgd.Simulator.Faults.Checks;

/// <summary>Rows and facts together say of every ticket and shard whether it is in x, at the end and at every cut.</summary>
/// <remarks>A fact that the ledger is broken excuses everything; a test counts how often.</remarks>
internal sealed class LedgerCheck : Check
{
    public override string? Breach(RunFacts facts)
    {
        if (!facts.IsEnded || facts.Of<Told>().Any(told => told.Fact.Kind == LedgerFactKind.Break))
        {
            return null;
        }

        var states = new Dictionary<long, bool[]>();
        return OutcomeBreach(facts, states)
            ?? CutBreach(facts, states)
            ?? RetireBreach(facts);
    }

    // One outcome a ticket: a row that says applied (rounds: settled later), void, or an orphan.
    private static string? OutcomeBreach(RunFacts facts, Dictionary<long, bool[]> states)
    {
        int shards = facts.Plan.Run.Shards;
        HashSet<long> rows = [.. facts.Of<RowArrived>().Select(row => row.Ticket)];
        foreach (LedgerFact fact in facts.Of<Told>().Select(told => told.Fact))
        {
            bool[]? applied = fact.Kind switch
            {
                LedgerFactKind.Void => new bool[shards],
                LedgerFactKind.Settle or LedgerFactKind.Orphan => fact.Applied,
                _ => null,
            };
            if (applied is not null && !states.TryAdd(fact.Ticket, applied))
            {
                return $"ticket {fact.Ticket} is settled twice, the second time as {fact.Kind}";
            }

            bool hasRow = rows.Contains(fact.Ticket);
            if ((fact.Kind == LedgerFactKind.Orphan && hasRow) || (fact.Kind == LedgerFactKind.Settle && !hasRow))
            {
                return $"ticket {fact.Ticket} has {(hasRow ? "a" : "no")} row, but the job says {fact.Kind}";
            }
        }

        foreach (long ticket in facts.Of<TicketGiven>().Select(given => given.Ticket))
        {
            if (!states.ContainsKey(ticket) && (facts.Plan.KeepsRounds || !rows.Contains(ticket)))
            {
                return $"nobody says what became of ticket {ticket}";
            }

            states.TryAdd(ticket, [.. Enumerable.Repeat(true, shards)]);
        }

        return null;
    }

    private static string? CutBreach(RunFacts facts, Dictionary<long, bool[]> states)
    {
        var lineage = new Lineage();
        var lost = new HashSet<(int Shard, long Ticket)>();
        foreach (Fact fact in facts.All)
        {
            lineage.Take(fact);
            string? breach = fact switch
            {
                CutRead cut => ContentBreach(lineage, cut.Shard, cut.Life, cut.Version, cut.Ticket),
                Read read => ContentBreach(lineage, read.Shard, read.Life, read.Version, long.MaxValue),
                _ => null,
            };
            if (breach is not null)
            {
                return breach;
            }

            if (fact is Told { Fact: { Kind: LedgerFactKind.Restore } restore })
            {
                lost.UnionWith(restore.Lost.Select(ticket => (restore.Shard, ticket)));
            }
        }

        return null;

        string? ContentBreach(Lineage contents, int shard, int life, long version, long end)
        {
            HashSet<long> has = [.. contents.Contents(shard, life, version).Select(push => push.Header.Ticket)];
            HashSet<long> expected =
            [
                .. states.Where(state => state.Key < end && state.Value[shard] && !lost.Contains((shard, state.Key)))
                    .Select(state => state.Key),
            ];
            long[] wrong = [.. has.Except(expected).Concat(expected.Except(has)).Order()];
            return wrong.Length == 0
                ? null
                : $"shard {shard}, life {life}, version {version}, read before ticket {end}: the ledger is wrong about tickets [{string.Join(", ", wrong)}]";
        }
    }

    private static string? RetireBreach(RunFacts facts)
    {
        var retired = new Dictionary<(int Worker, int Incarnation), long>();
        foreach (Fact fact in facts.All)
        {
            if (fact is Told { Fact: { Kind: LedgerFactKind.Retire } retire })
            {
                retired[(retire.Worker, retire.Incarnation)] = retire.Ticket;
            }
            else if (fact is TicketGiven given && retired.ContainsKey((given.Worker, given.Incarnation)))
            {
                return $"ticket {given.Ticket} was given to life {given.Incarnation} of worker {given.Worker}, which was retired";
            }
        }

        HashSet<Carried> carried = [.. facts.Of<Carried>()];
        Dictionary<int, int> newest = facts.Of<TicketGiven>().GroupBy(given => given.Worker)
            .ToDictionary(same => same.Key, same => same.Max(given => given.Incarnation));
        TicketGiven? silent = facts.Of<TicketGiven>().FirstOrDefault(given =>
            given.Incarnation < newest[given.Worker] && !retired.ContainsKey((given.Worker, given.Incarnation))
            && !carried.Contains(new Carried(given.Worker, given.Incarnation)));
        return silent is null ? null : $"life {silent.Incarnation} of worker {silent.Worker} ended, and the ledger was not told";
    }
}
