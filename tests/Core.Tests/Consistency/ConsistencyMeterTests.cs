using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Consistency.Metering;

namespace OrleansSgd.Core.Tests.Consistency;

public class ConsistencyMeterTests
{
    [Fact]
    public void Missing_norms_add_within_a_shard_and_their_squares_across_shards()
    {
        ConsistencyMeter meter = Meter(shards: 2);
        meter.Record(Ticket(0, norms: [3, 1]));
        meter.Record(Ticket(1, norms: [4, 2]));
        meter.Record(Ticket(2, norms: [1, 1], watermarks: [0, 1], rate: 0.5));

        FinalisedTicket last = Drain(meter)[^1];

        // Shard 0 lacks 3 and 4, shard 1 lacks 2: 7² + 2² = 53; the rate makes it 212.
        Assert.Equal(53, last.DistanceBoundSquared);
        Assert.Equal(212, last.GapBound);
        Assert.Equal((2, 9.0), (last.Delay, last.MissingMass));
        Assert.Equal(2, meter.Delays.Max);
    }

    [Fact]
    public void Exceptions_in_the_view_are_not_missing()
    {
        ConsistencyMeter meter = Meter();
        meter.Record(Ticket(0, [3]));
        meter.Record(Ticket(1, [4]));
        meter.Record(Ticket(2, [1], [0], exceptions: [1]));

        Assert.Equal(9, Drain(meter)[^1].DistanceBoundSquared);
    }

    [Fact]
    public void Ticket_waits_for_everything_before_it()
    {
        ConsistencyMeter meter = Meter();
        meter.Record(Ticket(1, [4], [0]));
        Assert.Empty(Drain(meter));

        meter.Record(Ticket(0, [3], state: SliceState.Pending));
        Assert.Empty(Drain(meter));

        meter.Settle(0, 0, SliceState.Applied);
        Assert.Equal(9, Drain(meter)[^1].DistanceBoundSquared);
    }

    [Fact]
    public void Void_ticket_is_no_step_and_nobody_misses_it()
    {
        ConsistencyMeter meter = Meter();
        meter.Tombstone(0);
        meter.Record(Ticket(1, [4], [0]));

        List<FinalisedTicket> tickets = Drain(meter);

        Assert.True(tickets[0].IsVoid);
        Assert.Equal((0, 0.0), (tickets[1].Delay, tickets[1].DistanceBoundSquared));
        Assert.Equal(1, meter.Delays.Count);
    }

    [Fact]
    public void Half_applied_ticket_moves_x_by_the_half_that_is_lost()
    {
        ConsistencyMeter meter = Meter(shards: 2);
        TicketRecord torn = Ticket(0, [3, 4]);
        torn.Slices[1].State = SliceState.Pending;
        meter.Record(torn);
        meter.Tombstone(0);
        meter.Record(Ticket(1, [1, 1], [0, 0]));

        List<FinalisedTicket> tickets = Drain(meter);

        Assert.False(tickets[0].IsVoid);
        Assert.Equal(4, tickets[0].RebasedDistance);
        Assert.Equal(9, tickets[1].DistanceBoundSquared);
    }

    [Fact]
    public void Round_is_measured_from_its_first_ticket()
    {
        ConsistencyMeter meter = Meter();
        for (int slot = 0; slot < 3; slot++)
        {
            TicketRecord record = Ticket(slot, [5], [0], rate: 0.1);
            record.RoundTicket = 0;
            record.SlotCount = 3;
            meter.Record(record);
        }

        List<FinalisedTicket> tickets = Drain(meter);

        Assert.All(tickets, ticket => Assert.Equal((0, 0.0), (ticket.Delay, ticket.DistanceBoundSquared)));
        Assert.Equal(0.3, tickets[0].StepRate, 12);
    }

    [Fact]
    public void Stand_ins_and_left_out_changes_add_to_the_missing_norms_of_their_shard()
    {
        ConsistencyMeter meter = Meter(shards: 2);
        meter.Record(Ticket(0, [3, 1]));
        TicketRecord record = Ticket(1, [1, 1], [0, 1]);
        record.Slices[0].SubstituteNormSquared = 4;
        record.Slices[0].ViewErrorSquared = 9;
        record.Slices[1].ViewErrorSquared = 1;
        meter.Record(record);

        FinalisedTicket last = Drain(meter)[^1];

        // (3 + 2 + 3)² + 1²; what was left out is 9 + 1.
        Assert.Equal((65.0, 10.0), (last.StaleBoundSquared, last.ViewErrorSquared));
        Assert.Equal(65, last.DistanceBoundSquared, 12);
    }

    [Fact]
    public void Local_steps_of_a_round_add_the_own_way_and_the_mean_of_the_round()
    {
        ConsistencyMeter meter = Meter();
        meter.Record(Local(0, 0, 2));
        Assert.Empty(Drain(meter));

        // Slot 1 was lost and leased again: ticket 1 is void, ticket 2 is of the same round.
        meter.Tombstone(1);
        Assert.Empty(Drain(meter));
        meter.Record(Local(2, 0, 4));
        meter.Record(Local(3, 3, 1));

        List<FinalisedTicket> tickets = Drain(meter);

        Assert.Equal([25, 0, 49], tickets.Select(ticket => ticket.DistanceBoundSquared));
        meter.Finish();
        Assert.Equal([4.0], Drain(meter).Select(ticket => ticket.DistanceBoundSquared));
    }

    [Fact]
    public void Round_that_stays_short_is_known_once_a_later_one_begins()
    {
        ConsistencyMeter meter = Meter();
        meter.Record(Local(0, 0, 2));
        meter.Tombstone(1);
        meter.Record(Local(2, 2, 1));

        Assert.Equal([16, 0], Drain(meter).Select(ticket => ticket.DistanceBoundSquared));
    }

    [Fact]
    public void Slot_leased_again_after_a_later_round_began_has_the_residuals_of_its_own_round()
    {
        ConsistencyMeter meter = Meter();
        meter.Record(Round(0, 0, worker: 0, residual: 3));
        meter.Record(Round(1, 1, worker: 0, residual: 5));
        meter.Record(Round(2, 0, worker: 1, residual: 0));

        Assert.Equal([0, 9, 0], Drain(meter).Select(ticket => ticket.DistanceBoundSquared));

        static TicketRecord Round(long ticket, long round, int worker, double residual)
        {
            TicketRecord record = Ticket(ticket, [1], [round], worker: worker, residual: residual);
            record.RoundTicket = round;
            record.SlotCount = 2;
            return record;
        }
    }

    [Fact]
    public void Message_that_no_shard_has_moves_x_by_the_residuals_before_and_after_it()
    {
        ConsistencyMeter meter = Meter();
        meter.Record(Ticket(0, [1], [0], residual: 2));
        meter.Record(Ticket(1, [1], [1], residual: 3, state: SliceState.Tombstoned));

        Assert.Equal((5.0, 2.0), (Drain(meter)[1].RebasedDistance, meter.HeldNorm - 1));
    }

    [Fact]
    public void Update_of_rate_zero_is_applied_but_is_no_gradient_that_could_be_late()
    {
        ConsistencyMeter meter = Meter();
        meter.Record(Ticket(0, [3]));
        meter.Record(Ticket(1, [4], [0], rate: 0));
        meter.Record(Ticket(2, [1], [1]));

        Assert.Equal(16, Drain(meter)[^1].DistanceBoundSquared);
        Assert.Equal((2, 0.5, 1.0), (meter.DelaysOfRun.Count, meter.DelaysOfRun.Mean, meter.DelaysOfRun.Max));
        Assert.Equal((2, 8.0, 16.0), (meter.GapBoundsOfRun.Count, meter.GapBoundsOfRun.Mean, meter.GapBoundsOfRun.Max));
    }

    [Fact]
    public void Record_that_comes_again_after_it_was_finalised_is_a_duplicate()
    {
        ConsistencyMeter meter = Meter();
        meter.Record(Ticket(0, [3]));
        meter.Tombstone(1);
        Drain(meter);

        Assert.Equal(RecordVerdict.Duplicate, meter.Record(Ticket(0, [3])).Verdict);
        Assert.Equal(RecordVerdict.AlreadyFinalised, meter.Record(Ticket(1, [3], [0])).Verdict);
        Assert.Equal(RecordVerdict.Duplicate, meter.Settle(0, 0, SliceState.Applied).Verdict);
        Assert.Equal(RecordVerdict.AlreadyFinalised, meter.Settle(0, 0, SliceState.Tombstoned).Verdict);
    }

    [Fact]
    public void Projections_are_those_of_the_slices_that_x_contains()
    {
        ConsistencyMeter meter = Meter(shards: 2);
        meter.Record(Projected(0, 5, 7));
        TicketRecord torn = Projected(1, 1, 2);
        torn.Slices[1].State = SliceState.Tombstoned;
        meter.Record(torn);
        Drain(meter);
        Assert.Equal([6, 7], meter.Projections.ToArray());

        meter.Rebase(0, 1, [1]);
        Assert.Equal([5, 7], meter.Projections.ToArray());

        meter.Record(Ticket(2, [1, 1], [2, 2]));
        Drain(meter);
        Assert.All(meter.Projections.ToArray(), projection => Assert.True(double.IsNaN(projection)));

        static TicketRecord Projected(long ticket, double first, double second)
        {
            TicketRecord record = Ticket(ticket, [1, 1]);
            record.Slices[0].Projection = first;
            record.Slices[1].Projection = second;
            return record;
        }
    }

    [Fact]
    public void Worker_that_is_retired_before_its_first_record_holds_nothing_up()
    {
        ConsistencyMeter meter = Meter(ticketsMax: 16);
        meter.Retire(9, fromTicket: 1, incarnation: 0);
        meter.Record(Ticket(0, [2], [0], worker: 9));
        for (int ticket = 1; ticket < 40; ticket++)
        {
            Assert.True(meter.Record(Ticket(ticket, [1], [ticket])).IsKnown);
            Drain(meter);
        }
    }

    [Fact]
    public void Residuals_of_all_workers_are_part_of_the_distance_until_they_leave()
    {
        ConsistencyMeter meter = Meter();
        meter.Record(Ticket(0, [1], [0], worker: 1, residual: 2));
        meter.Record(Ticket(1, [1], [1], worker: 2, residual: 3));
        meter.Record(Ticket(2, [1], [2], worker: 2, residual: 0));
        meter.Retire(1, fromTicket: 3);
        meter.Record(Ticket(3, [1], [3], worker: 2));

        List<FinalisedTicket> tickets = Drain(meter);

        Assert.Equal([0, 4, 25, 0], tickets.Select(ticket => ticket.DistanceBoundSquared));
        Assert.Equal([0, 0, 0, 2], tickets.Select(ticket => ticket.RebasedDistance));
    }

    [Fact]
    public void New_life_of_a_worker_loses_the_residual_unless_it_was_carried_over()
    {
        foreach (bool carried in new[] { false, true })
        {
            ConsistencyMeter meter = Meter();
            meter.Record(Ticket(0, [1], [0], worker: 1, residual: 2));
            TicketRecord next = Ticket(1, [1], [1], worker: 1);
            next.Incarnation = 1;
            next.ResidualCarried = carried;
            meter.Record(next);

            Assert.Equal(carried ? 0 : 2, Drain(meter)[1].RebasedDistance);
        }
    }

    [Fact]
    public void View_from_before_a_loss_contains_extra_updates()
    {
        ConsistencyMeter meter = Meter();
        meter.Record(Ticket(0, [3]));
        meter.Record(Ticket(1, [4], [1]));
        Drain(meter);

        RebaseOutcome outcome = meter.Rebase(shard: 0, newIncarnation: 1, [1]);
        meter.Record(Ticket(2, [1], [2]));
        TicketRecord fresh = Ticket(3, [1]);
        fresh.Begin(1);
        fresh.Ticket = fresh.RoundTicket = 3;
        fresh.Rate = 1;
        fresh.SetView(0, 1, 3, []);
        fresh.Slices[0].State = SliceState.Applied;
        meter.Record(fresh);
        List<FinalisedTicket> tickets = Drain(meter);

        Assert.Equal((1, 0, 4.0), (outcome.LostCount, outcome.UnknownCount, outcome.DistanceBound));
        Assert.Equal(0.5 * 4 + 0.5 * 16, outcome.JumpBound(gradientNorm: 0.5, smoothness: 1));
        Assert.Equal((1, 16.0), (tickets[0].ExtraCount, tickets[0].DistanceBoundSquared));
        Assert.Equal((0, 0.0), (tickets[1].ExtraCount, tickets[1].DistanceBoundSquared));
    }

    [Fact]
    public void Loss_of_a_ticket_that_is_no_longer_kept_has_no_bound()
    {
        ConsistencyMeter meter = Meter(ticketsMax: 16);
        for (int ticket = 0; ticket < 40; ticket++)
        {
            meter.Record(Ticket(ticket, [1], [ticket]));
            Drain(meter);
        }

        Assert.Equal(double.PositiveInfinity, meter.Rebase(0, 1, [2]).JumpBound(1, 1));
    }

    [Fact]
    public void Full_ring_refuses_and_names_the_limit()
    {
        ConsistencyMeter meter = Meter(ticketsMax: 16);
        meter.Record(Ticket(1, [1], [0]));

        RecordOutcome outcome = meter.Record(Ticket(16, [1], [0], worker: 1));

        Assert.Equal(RecordVerdict.RingFull, outcome.Verdict);
        Assert.Contains("keeps 16", outcome.ToString(), StringComparison.Ordinal);
        meter.Tombstone(0);
        Assert.Equal(2, Drain(meter).Count);
    }

    [Fact]
    public void Ticket_is_kept_while_a_slow_worker_may_lack_it()
    {
        ConsistencyMeter meter = Meter(ticketsMax: 16);
        meter.Record(Ticket(0, [2], [0], worker: 9));
        for (int ticket = 1; ticket < 16; ticket++)
        {
            meter.Record(Ticket(ticket, [1], [ticket]));
            Drain(meter);
        }

        Assert.Equal(RecordVerdict.RingFull, meter.Record(Ticket(16, [1], [16])).Verdict);
        meter.Retire(9, 16);
        Assert.Equal(RecordVerdict.Recorded, meter.Record(Ticket(16, [1], [16])).Verdict);
    }

    [Fact]
    public void Checkpoint_keeps_its_tickets()
    {
        ConsistencyMeter meter = Meter(ticketsMax: 16);
        meter.KeepFrom = 0;
        for (int ticket = 0; ticket < 16; ticket++)
        {
            meter.Record(Ticket(ticket, [1], [ticket]));
            Drain(meter);
        }

        Assert.Equal(RecordVerdict.RingFull, meter.Record(Ticket(16, [1], [16])).Verdict);
        meter.KeepFrom = 8;
        Assert.Equal(RecordVerdict.Recorded, meter.Record(Ticket(16, [1], [16])).Verdict);
    }

    [Fact]
    public void View_that_lacks_forgotten_tickets_is_refused()
    {
        ConsistencyMeter meter = Meter(ticketsMax: 16);
        for (int ticket = 0; ticket < 30; ticket++)
        {
            meter.Record(Ticket(ticket, [1], [ticket]));
            Drain(meter);
        }

        Assert.Equal(RecordVerdict.ViewTooOld, meter.Record(Ticket(30, [1], [2], worker: 5)).Verdict);
    }

    [Fact]
    public void Two_stories_of_one_ticket_are_a_conflict()
    {
        ConsistencyMeter meter = Meter();
        meter.Record(Ticket(1, [1], [0], worker: 1));

        Assert.Equal(RecordVerdict.Duplicate, meter.Record(Ticket(1, [1], [0], worker: 1)).Verdict);
        Assert.Equal(RecordVerdict.Conflict, meter.Record(Ticket(1, [1], [0], worker: 2)).Verdict);
        meter.Tombstone(2);
        Assert.Equal(RecordVerdict.Conflict, meter.Record(Ticket(2, [1], [0], worker: 2)).Verdict);
        Assert.Equal(RecordVerdict.Conflict, meter.Settle(1, 0, SliceState.Tombstoned).Verdict);
    }

    [Fact]
    public void Steady_state_allocates_nothing()
    {
        ConsistencyMeter meter = Meter(shards: 4, ticketsMax: 64);
        TicketRecord record = new();
        long delays = 0;
        for (int ticket = 0; ticket < 200; ticket++)
        {
            delays += Offer(meter, record, ticket);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int ticket = 200; ticket < 1200; ticket++)
        {
            delays += Offer(meter, record, ticket);
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(0 + 1 + 2 + (3 * 1197), delays);
        Assert.InRange(allocated, 0, 1024);

        static int Offer(ConsistencyMeter meter, TicketRecord record, int ticket)
        {
            record.Begin(4, 64);
            record.Ticket = record.RoundTicket = ticket;
            record.Worker = ticket % 3;
            record.Rate = 0.1;
            for (int shard = 0; shard < 4; shard++)
            {
                record.SetView(shard, 0, Math.Max(0, ticket - 3), []);
                record.Slices[shard].NormSquared = 1;
                record.Slices[shard].State = SliceState.Applied;
            }

            meter.Record(record);
            return meter.TryFinalise(out FinalisedTicket finalised) ? finalised.Delay : -1000;
        }
    }

    private static ConsistencyMeter Meter(int shards = 1, int ticketsMax = 64) => new(new MeterOptions { ShardCount = shards, TicketsMax = ticketsMax });

    private static List<FinalisedTicket> Drain(ConsistencyMeter meter)
    {
        List<FinalisedTicket> tickets = [];
        while (meter.TryFinalise(out FinalisedTicket ticket))
        {
            tickets.Add(ticket);
        }

        return tickets;
    }

    private static TicketRecord Local(long ticket, long round, double distance)
    {
        TicketRecord record = Ticket(ticket, [1], [round], rate: 0.5);
        record.RoundTicket = round;
        record.SlotCount = 2;
        record.StepCount = 3;
        record.LocalDistance = distance;
        return record;
    }

    private static TicketRecord Ticket(
        long ticket,
        double[] norms,
        long[]? watermarks = null,
        long[]? exceptions = null,
        double rate = 1,
        int worker = 0,
        double residual = 0,
        SliceState state = SliceState.Applied)
    {
        TicketRecord record = new();
        record.Begin(norms.Length);
        record.Ticket = record.RoundTicket = ticket;
        record.Worker = worker;
        record.Rate = rate;
        record.ResidualNormSquared = residual * residual;
        for (int shard = 0; shard < norms.Length; shard++)
        {
            record.SetView(shard, 0, watermarks?[shard] ?? ticket, exceptions ?? []);
            record.Slices[shard].NormSquared = norms[shard] * norms[shard];
            record.Slices[shard].State = state;
        }

        return record;
    }
}
