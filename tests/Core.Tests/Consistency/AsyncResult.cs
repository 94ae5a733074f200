using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Consistency.Metering;
using OrleansSgd.Core.Consistency.Sketches;
using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Core.Tests.Consistency;

/// <summary>What a simulated run really did, ticket by ticket.</summary>
internal sealed class AsyncResult
{
    public required AsyncPlan Plan { get; init; }

    public required List<Step> Steps { get; init; }

    /// <summary>X as the shards have it, after everything was pushed in whatever order.</summary>
    public required double[] Parameters { get; init; }

    /// <summary>x₀ minus all updates, in ticket order.</summary>
    public double[] Final { get; set; } = [];

    public required ShardMap Map { get; init; }

    public required ShardProjection[] Projections { get; init; }

    /// <summary>Exact ‖x − v‖² of each ticket without residuals.</summary>
    public List<double> StaleSquared { get; } = [];

    /// <summary>Exact D_t.</summary>
    public List<double> Distances { get; } = [];

    public List<double> GradientsSquared { get; } = [];

    public List<double> Losses { get; } = [];

    public List<double> OptimumDistances { get; } = [];

    /// <summary>What the meter makes of the records, offered in an order that the seed draws and through their frames.</summary>
    public List<FinalisedTicket> Measure(ulong shuffleSeed = 0)
    {
        ConsistencyMeter meter = new(new MeterOptions { ShardCount = Plan.Shards });
        int[] order = [.. Enumerable.Range(0, Steps.Count)];
        SeededRandom random = new(shuffleSeed, 7);
        for (int i = 0; i < order.Length && shuffleSeed > 0; i++)
        {
            int other = Math.Min(order.Length - 1, i + random.NextInt(20));
            (order[i], order[other]) = (order[other], order[i]);
        }

        List<FinalisedTicket> tickets = [];
        TicketRecord received = new();
        foreach (int i in order)
        {
            byte[] frame = new byte[LedgerFrame.SizeOf(Steps[i].Record)];
            LedgerFrame.Write(Steps[i].Record, frame);
            LedgerFrame.Read(frame, received);
            RecordOutcome outcome = meter.Record(received);
            Assert.True(outcome.IsKnown, outcome.ToString());
            while (meter.TryFinalise(out FinalisedTicket ticket))
            {
                tickets.Add(ticket);
            }
        }

        Assert.Equal(Steps.Count, tickets.Count);
        return tickets;
    }

    /// <summary>The checker: the first ticket whose bound is below the exact distance; −1 when there is none.</summary>
    public long FirstBelowTruth(IReadOnlyList<FinalisedTicket> tickets)
    {
        for (int i = 0; i < tickets.Count; i++)
        {
            // Views and updates are exact to about 1e-7 of a coordinate (f32 updates are exact; residual sums round).
            if (Distances[i] > (tickets[i].DistanceBoundSquared * (1 + 1e-6)) + 1e-10)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Tickets before t that some slice of its view lacks, counted from the records alone.</summary>
    public int ExactDelay(int ticket)
    {
        int count = 0;
        TicketRecord record = Steps[ticket].Record;
        for (int k = 0; k < ticket; k++)
        {
            bool missing = false;
            for (int shard = 0; shard < Plan.Shards; shard++)
            {
                missing |= k >= record.Slices[shard].ViewWatermark && !record.Exceptions(shard).Contains(k);
            }

            count += missing ? 1 : 0;
        }

        return count;
    }
}
