using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Scheduling.Gates;
using OrleansSgd.Core.Tests.Consistency;

namespace OrleansSgd.Core.Tests.Scheduling.Gates;

public class ConcurrencyGateTests
{
    [Fact]
    public void Step_is_under_way_from_its_begin_until_its_ticket_is_closed()
    {
        ConcurrencyGate gate = new(3, 2);
        gate.Began(0);
        gate.Began(1);
        Assert.False(gate.MayBegin(2));
        gate.Took(0, 0, 1);
        gate.Left(0);
        Assert.False(gate.MayBegin(2));
        gate.Closed(0, 0);
        gate.Closed(0, 0);

        Assert.True(gate.MayBegin(2));
        Assert.Equal(1, gate.UnderWay);
        gate.Left(1);
        Assert.Equal(0, gate.UnderWay);
    }

    [Fact]
    public void Step_that_is_started_over_keeps_its_place()
    {
        ConcurrencyGate gate = new(2, 1);
        gate.Began(0);
        Assert.True(gate.MayBegin(0));
        gate.Began(0);
        Assert.Equal(1, gate.UnderWay);
    }

    [Fact]
    public void Worker_that_was_overtaken_often_enough_goes_next()
    {
        ConcurrencyGate gate = new(2, 1);
        gate.Began(0);
        Assert.False(gate.MayBegin(1));
        int overtaken = 0;
        for (int ticket = 0; ticket < 100; ticket++)
        {
            gate.Took(0, ticket, 1);
            gate.Closed(0, ticket);
            if (!gate.MayBegin(0))
            {
                break;
            }

            gate.Began(0);
            overtaken++;
        }

        Assert.Equal(4, overtaken);
        Assert.True(gate.MayBegin(1));
        gate.Left(1);
        Assert.True(gate.MayBegin(0));
    }

    [Fact]
    public void Limit_holds_and_every_worker_gets_its_turn() => SeedLaw.ForAll(seed =>
    {
        SeededRandom random = new(seed);
        int workers = 2 + random.NextInt(10);
        ConcurrencyGate gate = new(workers, 1 + random.NextInt(workers));
        GateRun run = new(gate, workers, seed, random.NextInt(2) * 0.01);
        for (int i = 0; i < 3000; i++)
        {
            Assert.True(run.Step());
            Assert.True(gate.UnderWay <= gate.Limit, $"{gate.UnderWay} of {gate.Limit}");
            Assert.Equal(run.UnderWay, gate.UnderWay);
        }

        Assert.All(run.Begun, begun => Assert.True(begun > 5));
    });
}
