using OrleansSgd.Core.Keeping;
using OrleansSgd.Core.Runs;
using OrleansSgd.Simulator.Faults.Facts;
using OrleansSgd.Simulator.Faults.Hosts;

namespace OrleansSgd.Simulation.Plants;

/// <summary>Keepers that have nothing when they are asked.</summary>
internal sealed class ForgetfulKeepers : Hooks
{
    public override KeptUpdate? Kept(KeptUpdate? update) => null;

    public override List<ReadOnlyMemory<byte>> Replayed(List<ReadOnlyMemory<byte>> frames) => [];
}

/// <summary>Workers that push while their keeper may not have the update yet.</summary>
internal sealed class HastyWorkers : Hooks
{
    public override bool AwaitsKeepers => false;
}

/// <summary>Gives no leases for seconds after a worker was lost.</summary>
internal sealed class DozingJob : Hooks
{
    private const double Until = 8_000_000;

    public override bool AnswersLeases(double now, RunTotals totals) => totals.WorkersLost == 0 || now > Until;
}

/// <summary>Reads the result from the lives before the present ones.</summary>
internal sealed class LateResult : Hooks
{
    public override Read Result(Read read) => read with { Life = Math.Max(1, read.Life - 1) };
}

/// <summary>Saves a run without its leases.</summary>
internal sealed class ForgetfulCheckpoint : Hooks
{
    public override SavedRun Saved(SavedRun saved) => saved with { Leases = null };
}

/// <summary>A store that does not know who has taken a job over.</summary>
internal sealed class UnfencedStore : Hooks
{
    public override bool LetsOldCoordinatorsWrite => true;
}
