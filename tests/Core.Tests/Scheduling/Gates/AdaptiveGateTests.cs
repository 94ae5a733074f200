using OrleansSgd.Core.Consistency.Metering;
using OrleansSgd.Core.Scheduling.Gates;
using OrleansSgd.Testing;

namespace OrleansSgd.Core.Tests.Scheduling.Gates;

public class AdaptiveGateTests
{
    [Fact]
    public void Decision_rests_on_a_full_batch_of_tickets_and_moves_the_gate()
    {
        AdaptiveGate gate = new(new LeverLimits(4), 0.25);
        List<ControlMove> moves = Feed(gate, 0, gate.BatchLength, gap: 1e4, rate: 0.1);

        Assert.Equal([ControlMove.Tightened], moves);
        Assert.Equal(1, gate.Levers.ConcurrencyMax);
        gate.Began(0);
        Assert.False(gate.MayBegin(1));
    }

    [Fact]
    public void Tickets_of_the_levers_before_are_left_out_of_the_next_decision()
    {
        AdaptiveGate gate = new(new LeverLimits(64), 0.25);
        Feed(gate, 0, gate.BatchLength, gap: 3, rate: 0.1, delay: 50);
        Levers tightened = gate.Levers;
        Assert.True(tightened.ConcurrencyMax < 64);

        Assert.Empty(Feed(gate, gate.BatchLength, 50, gap: 1e4, rate: 0.1, delay: 50));
        Feed(gate, gate.BatchLength + 50, gate.BatchLength, gap: 0, rate: 0.1, delay: 1);
        Assert.Equal(tightened, gate.Levers);
    }

    [Fact]
    public void Jump_of_the_gap_after_a_rate_decay_moves_nothing()
    {
        AdaptiveGate gate = new(new LeverLimits(8), 0.25);
        int length = gate.BatchLength;
        Feed(gate, 0, length, gap: 1, rate: 0.1, delay: 20);
        Levers before = gate.Levers;

        // D still holds updates of ten times the rate: the gap is 100 times too large for as long as they are missing.
        List<ControlMove> moves = Feed(gate, length, 20, gap: 100, rate: 0.01, delay: 20);
        moves.AddRange(Feed(gate, length + 20, 3 * length, gap: 1, rate: 0.01, delay: 20));

        Assert.DoesNotContain(ControlMove.Tightened, moves);
        Assert.NotEmpty(moves);
        Assert.Equal(before, gate.Levers);
    }

    [Fact]
    public void Schedule_that_falls_a_little_with_every_ticket_stops_no_decision()
    {
        AdaptiveGate gate = new(new LeverLimits(8), 0.25);
        int decisions = 0;
        for (int ticket = 0; ticket < 1000; ticket++)
        {
            double rate = 0.1 * Math.Pow(0.9999, ticket);
            decisions += gate.Observe(Ticket(ticket, 1, rate, 8), ticket + 8, 1, 1) is null ? 0 : 1;
        }

        Assert.Equal(1000 / gate.BatchLength, decisions);
    }

    [Fact]
    public void Lower_rate_of_late_gradients_is_no_jump_and_their_distance_counts_by_their_rate()
    {
        // D = 9 at rate 1, and 90 at a tenth of it: Σ αD / Σ α = 9 · 2 / 1.1 = 16.4, and B_target² = 0.25 · 64 = 16.
        AdaptiveGate gate = new(new LeverLimits(4), 0.25);
        List<ControlMove> moves = [];
        for (int ticket = 0; ticket < 2 * gate.BatchLength; ticket++)
        {
            double rate = ticket % 2 == 0 ? 1 : 0.1;
            FinalisedTicket one = Ticket(ticket, 9 / (rate * rate * rate), rate, 1);
            if (gate.Observe(one, ticket + 1, noise: 64, smoothness: 1) is { } move)
            {
                moves.Add(move);
            }
        }

        Assert.Equal(ControlMove.Tightened, moves[0]);
        Assert.Equal(4, gate.Target, 1e-12);
    }

    [Fact]
    public void Void_tickets_and_flushes_do_not_count()
    {
        AdaptiveGate gate = new(new LeverLimits(8), 0.25);
        for (int ticket = 0; ticket < 1000; ticket++)
        {
            FinalisedTicket one = ticket % 2 == 0 ? Ticket(ticket, 1, 0, 1) : Ticket(ticket, 1, 0.1, 1) with { IsVoid = true };
            Assert.Null(gate.Observe(one, ticket + 1, 1, 1));
        }
    }

    [Fact]
    public void Worker_that_is_too_far_ahead_keeps_no_place_in_the_line()
    {
        AdaptiveGate gate = new(new LeverLimits(8), 0.25);
        gate.Began(1);
        gate.Began(0);
        gate.Took(0, 0, 1);
        gate.Closed(0, 0);
        long ticket = 1;
        while (gate.Levers.StepsAheadMax > 0)
        {
            Feed(gate, ticket, gate.BatchLength, gap: 1e4, rate: 0.1, delay: 0);
            ticket += gate.BatchLength + 100;
        }

        Assert.False(gate.MayBegin(0));
        gate.Took(1, 1, 1);
        gate.Closed(1, 1);
        Assert.True(gate.MayBegin(0));
        Assert.True(gate.MayBegin(1));
    }

    [Fact]
    public void Observing_allocates_nothing()
    {
        AdaptiveGate gate = new(new LeverLimits(8), 0.25);
        Feed(gate, 0, 1000, 1, 0.1);
        FinalisedTicket ticket = Ticket(2000, 1, 0.1, 3);

        Assert.Equal(0, AllocatedBytes.Of(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                gate.Observe(ticket, 2001, 1, 1);
            }
        }));
    }

    private static List<ControlMove> Feed(AdaptiveGate gate, long from, int count, double gap, double rate, int delay = 1)
    {
        List<ControlMove> moves = [];
        for (long ticket = from; ticket < from + count; ticket++)
        {
            if (gate.Observe(Ticket(ticket, gap, rate, delay), ticket + 1, 1, 1) is { } move)
            {
                moves.Add(move);
            }
        }

        return moves;
    }

    private static FinalisedTicket Ticket(long ticket, double gap, double rate, int delay) => new()
    {
        Ticket = ticket,
        Rate = rate,
        StepRate = rate,
        Delay = delay,
        DistanceBoundSquared = gap * rate * rate,
        DistanceEstimateSquared = double.NaN,
    };
}
