using OrleansSgd.Core.Scheduling.Gates;
using OrleansSgd.Testing;

namespace OrleansSgd.Core.Tests.Scheduling.Gates;

public class GateAllocationTests
{
    public static TheoryData<string> Kinds => ["ssp", "norm", "concurrency", "random", "shuffled", "adaptive"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Step_allocates_nothing_once_the_gate_is_warm(string kind)
    {
        const int Workers = 64;
        IStepGate gate = kind switch
        {
            "ssp" => new StalenessGate(Workers, 3),
            "norm" => new NormGate(Workers, 0.5),
            "concurrency" => new ConcurrencyGate(Workers, 16),
            "adaptive" => new AdaptiveGate(new LeverLimits(Workers), 0.25),
            _ => new AssignmentGate(new NormGate(Workers, 0.5), Workers, kind == "shuffled", 1),
        };
        long ticket = Turns(gate, Workers, 0, 200);
        long warm = ticket;

        Assert.Equal(0, AllocatedBytes.Of(() => ticket = Turns(gate, Workers, ticket, 200)));
        Assert.True(ticket - warm > 200);
    }

    private static long Turns(IStepGate gate, int workers, long ticket, int count)
    {
        for (int turn = 0; turn < count; turn++)
        {
            for (int worker = 0; worker < workers; worker++)
            {
                if (!gate.MayBegin(worker))
                {
                    continue;
                }

                gate.Began(worker);
                while (gate.MayTake(worker, 1) == TicketVerdict.Stale)
                {
                }

                gate.Took(worker, ticket, 1);
                gate.Closed(worker, ticket++);
            }
        }

        return ticket;
    }
}
