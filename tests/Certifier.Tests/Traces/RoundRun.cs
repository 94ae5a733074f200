namespace OrleansSgd.Certifier.Tests.Traces;

/// <summary>A bulk-synchronous run with local steps: rounds that shards apply as one, now and then with a slot that is leased again.</summary>
internal static class RoundRun
{
    private const int Steps = 3;

    public static TraceModel Of(int seed, int rounds = 12)
    {
        var random = new Random(seed);
        int slots = 2 + random.Next(3);
        var model = new TraceModel
        {
            Mode = "bsp",
            Workers = slots,
            Shards = 1 + random.Next(3),
            Window = 8,
            Confidence = 0.8,
            Plan = $"{{\"Mode\":\"bsp\",\"LocalSteps\":{Steps},\"Codec\":{{\"Kind\":\"dense\"}}}}",
        };
        for (int shard = 0; shard < model.Shards; shard++)
        {
            model.Lives.Add(new ModelLife { Shard = shard });
        }

        model.Ledger.Add(new ModelCut(0, 5, 0, 0.2, null));
        var settled = new SortedSet<long>();
        for (int round = 0; round < rounds; round++)
        {
            Round(model, random, settled, round, slots);
        }

        model.Ledger.Add(new ModelCut(model.Tickets, 1, 0, 0.1, null));
        PlainFigures.Of(model);
        return model;
    }

    private static void Round(TraceModel model, Random random, SortedSet<long> settled, int round, int slots)
    {
        long first = model.Tickets;
        bool hasLoss = random.Next(4) == 0;
        long[] tickets = [.. Enumerable.Range(0, slots + (hasLoss ? 1 : 0)).Select(at => first + at)];
        model.Tickets += tickets.Length;
        long lost = hasLoss ? first + random.Next(slots) : -1;
        var rows = tickets.Where(ticket => ticket != lost)
            .Select((ticket, worker) => Row(model, random, settled, round, slots, ticket, first, worker))
            .ToArray();
        random.Shuffle(rows);
        model.Ledger.AddRange(rows);
        if (hasLoss)
        {
            model.Ledger.Insert(random.Next(1, model.Ledger.Count + 1), new ModelVoid(lost));
        }

        foreach (ModelLife life in model.Lives)
        {
            long[] order = [.. rows.Select(row => row.Ticket)];
            random.Shuffle(order);
            life.Entries.AddRange(order.Select((ticket, at) => (ticket, at == order.Length - 1 ? 0 : 1)));
        }

        settled.UnionWith(tickets);
    }

    private static ModelRow Row(
        TraceModel model, Random random, SortedSet<long> settled, int round, int slots, long ticket, long first, int worker) => new()
        {
            Ticket = ticket,
            RoundTicket = first,
            Worker = worker,
            SlotCount = slots,
            StepCount = Steps,
            Rate = 0.2 / slots,
            Flags = 1 | 64,
            GradientSquared = 1,
            HalfDifferenceSquared = random.NextDouble(),
            LocalDistance = 0.1 * random.NextDouble(),
            Slices =
            [
                .. Enumerable.Range(0, model.Shards).Select(_ => new ModelSlice
                {
                    ViewVersion = round,
                    View = [.. settled],
                    NormSquared = 0.01 * random.NextDouble(),
                }),
            ],
        };
}
