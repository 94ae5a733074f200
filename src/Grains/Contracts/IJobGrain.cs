using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Scheduling;
using OrleansSgd.Core.Scheduling.Gates;

namespace OrleansSgd.Grains.Contracts;

/// <summary>One job: its members, leases, tickets and progress. Key: the job's id.</summary>
[Alias("OrleansSgd.IJobGrain")]
public interface IJobGrain : IGrainWithStringKey
{
    /// <summary>Begins the run. A job that has begun is left as it is.</summary>
    /// <param name="plan">The job's plan, as <see cref="Jobs.JobPlan.ToJson"/> writes it.</param>
    [Alias("Start")]
    Task Start(string plan);

    /// <summary>Begins the run under a claim that was made for it; it is in the store already.</summary>
    /// <param name="generation">The claim's.</param>
    /// <param name="token">What the store knows the claim by.</param>
    [Alias("Begin")]
    Task Begin(string plan, long generation, string token);

    /// <summary>The job's plan, as it was submitted; empty while it is not known.</summary>
    [Alias("Plan")]
    Task<string> Plan();

    /// <summary>Goes on from the newest checkpoint, if this activation knows nothing of the job and the store does.</summary>
    [Alias("Resume")]
    Task Resume();

    /// <summary>Takes a checkpoint now.</summary>
    /// <returns>False when there is no store, the job does not run, or none was written within <see cref="GridOptions.HoldTime"/>.</returns>
    [Alias("Checkpoint")]
    Task<bool> Checkpoint();

    /// <summary>What the run has done so far.</summary>
    /// <param name="eventsSeen">Events the caller has: only later ones come with the answer.</param>
    [Alias("Progress")]
    Task<JobProgress> Progress(int eventsSeen);

    /// <summary>As <see cref="Progress"/>, but held until so many tickets are given out, the run is over, or a while has passed.</summary>
    [Alias("WaitFor")]
    Task<JobProgress> WaitFor(long ticketsMin, int eventsSeen);

    /// <summary>Its figures over time, from its first second on, over all its coordinators: for who begins to watch it. In order of time, at most a few hundred.</summary>
    [Alias("Curve")]
    Task<JobPoint[]> Curve();

    /// <summary>The silo that hosts the job's coordinator.</summary>
    [Alias("Silo")]
    Task<string> Silo();

    /// <summary>Where the job's workers and shards live.</summary>
    [Alias("Members")]
    Task<JobMembers> Members();

    /// <summary>Ends the run; what is trained so far stays readable.</summary>
    [Alias("Cancel")]
    Task Cancel();

    /// <summary>Lets the run wait: nobody gets a ticket any more. It stays so, also over the loss of the whole grid, until <see cref="Continue"/>.</summary>
    [Alias("Pause")]
    Task<OperatorAnswer> Pause();

    /// <summary>Lets a run that waits go on.</summary>
    [Alias("Continue")]
    Task<OperatorAnswer> Continue();

    /// <summary>Lets fewer workers compute than the plan has, or as many again.</summary>
    /// <param name="workers">1 up to the workers of the plan.</param>
    [Alias("Scale")]
    Task<OperatorAnswer> Scale(int workers);

    /// <summary>A piece of the trained parameters, once the run has ended.</summary>
    /// <param name="start">First coordinate.</param>
    /// <param name="length">Coordinates; at most 4 000 000 at a time.</param>
    /// <returns>[length × 4 bytes], f32 little-endian; empty while the run goes on or when it failed.</returns>
    [Alias("Model")]
    Task<ModelPiece> Model(int start, int length);

    /// <summary>What the trained model is evaluated with beside its parameters, such as means and variances of batch normalisation.</summary>
    /// <returns>f32 little-endian, as the model lays it out; empty where there is nothing, and as <see cref="Model"/> says.</returns>
    [Alias("Statistics")]
    Task<ModelPiece> Statistics();

    /// <summary>A worker reports, commits its lease and asks for the next. Held for a while when there is none.</summary>
    [Alias("Lease")]
    ValueTask<LeaseAnswer> Lease(LeaseRequest request);

    /// <summary>The next place in the global order, or why not yet.</summary>
    [Alias("Ticket")]
    ValueTask<TicketAnswer> Ticket(TicketRequest request);

    /// <summary>A worker met a shard that has no parameters.</summary>
    [Alias("ReportShard")]
    Task ReportShard(int shard);

    /// <summary>A silo is going to leave: moves everything of the job that lives there.</summary>
    /// <param name="silo">Its address.</param>
    /// <param name="deadline">How long the move may take; an answer comes after <see cref="GridOptions.HoldTime"/> at the latest.</param>
    /// <returns>True once nothing of the job lives there any more; false when it is not done yet: ask again.</returns>
    [Alias("SiloLeaving")]
    Task<bool> SiloLeaving(string silo, TimeSpan deadline);

    /// <summary>Whether the job is over the loss of some silos: everybody is up elsewhere, and the loss of another silo would take no update along.</summary>
    /// <param name="silos">Their addresses.</param>
    /// <returns>Also true when the job does not run any more; false while its coordinator has not heard of the loss.</returns>
    [Alias("Recovered")]
    Task<bool> Recovered(string[] silos);

    /// <summary>A worker's loop has ended before the run did.</summary>
    /// <param name="error">One sentence when the run cannot go on; null when only this life is over.</param>
    /// <param name="hint">What to do about the error.</param>
    [Alias("WorkerEnded")]
    Task WorkerEnded(int worker, int incarnation, string? error, string? hint);
}

/// <summary>A lease request, with what this life of the worker has done.</summary>
/// <param name="Committed">The lease it has used up; −1 when it held none.</param>
/// <param name="Report">Totals of this life.</param>
/// <param name="Ledger">Rows of updates that every shard has answered (<see cref="Workers.LedgerRows"/>); not changed before the answer has come.</param>
[GenerateSerializer, Immutable, Alias("OrleansSgd.LeaseRequest")]
public sealed record LeaseRequest(
    [property: Id(0)] int Worker,
    [property: Id(1)] int Incarnation,
    [property: Id(2)] long Committed,
    [property: Id(3)] WorkerReport Report,
    [property: Id(4)] ReadOnlyMemory<byte> Ledger);

/// <summary>What one life of a worker has done since it began, so that a repeated report counts once.</summary>
/// <param name="Updates">Updates pushed.</param>
/// <param name="Samples">Samples they came from.</param>
/// <param name="LossSum">Sum of the samples' losses at the worker's views.</param>
/// <param name="DelaySum">Sum over the updates of the largest delay that any shard measured.</param>
/// <param name="DelayMax">Largest delay.</param>
/// <param name="BytesPushed">Bytes of the push frames.</param>
/// <param name="BytesPulled">Bytes of the view frames.</param>
[GenerateSerializer, Immutable, Alias("OrleansSgd.WorkerReport")]
public readonly record struct WorkerReport(
    [property: Id(0)] long Updates,
    [property: Id(1)] long Samples,
    [property: Id(2)] double LossSum,
    [property: Id(3)] long DelaySum,
    [property: Id(4)] long DelayMax,
    [property: Id(5)] long BytesPushed,
    [property: Id(6)] long BytesPulled);

/// <summary>The answer to a lease request; the range is meaningful when granted.</summary>
[GenerateSerializer, Immutable, Alias("OrleansSgd.LeaseAnswer")]
public readonly record struct LeaseAnswer(
    [property: Id(0)] LeaseVerdict Verdict,
    [property: Id(1)] long Id,
    [property: Id(2)] int Epoch,
    [property: Id(3)] int Start,
    [property: Id(4)] int End,
    [property: Id(5)] long Round,
    [property: Id(6)] int Slot,
    [property: Id(7)] int SlotCount,
    [property: Id(8)] bool IsFresh,
    [property: Id(9)] StepAdjustment Adjustment)
{
    /// <summary>The answer that carries a lease.</summary>
    public static LeaseAnswer Of(LeaseVerdict verdict, in Lease lease, in StepAdjustment adjustment) => new(
        verdict, lease.Id, lease.Epoch, lease.Start, lease.End, lease.Round, lease.Slot, lease.SlotCount, lease.IsFresh, adjustment);

    /// <summary>The lease, as Core knows it.</summary>
    public Lease ToLease() => new(Id, Epoch, Start, End, Round, Slot, SlotCount) { IsFresh = IsFresh };
}

/// <summary>What the grid asks of a worker's next steps, beside the plan.</summary>
/// <param name="RateScale">What every rate is multiplied by; above 0.</param>
/// <param name="FractionScale">What the codec's share of coordinates is multiplied by; 1 or more.</param>
/// <param name="DelayAdaptive">Whether the rate of late gradients is lowered.</param>
/// <param name="Smoothness">L; NaN while it is not known.</param>
/// <param name="BatchScale">What the batch of every update is multiplied by; 1 or more.</param>
[GenerateSerializer, Immutable, Alias("OrleansSgd.StepAdjustment")]
public readonly record struct StepAdjustment(
    [property: Id(0)] double RateScale,
    [property: Id(1)] double FractionScale,
    [property: Id(2)] bool DelayAdaptive,
    [property: Id(3)] double Smoothness,
    [property: Id(4)] double BatchScale = 1)
{
    /// <summary>Nothing beside the plan.</summary>
    public static StepAdjustment None { get; } = new(1, 1, false, double.NaN);
}

/// <summary>A request for a ticket: one batch of one lease.</summary>
/// <param name="Sequence">Number of the worker's update.</param>
/// <param name="Norm">At least the norm of its update; NaN before it is computed.</param>
/// <param name="Ledger">As in a lease request.</param>
/// <param name="StepSeconds">What the step took of the worker's own time, waiting not included; NaN when not known.</param>
/// <param name="Viewed">Every ticket below this one is in the worker's view.</param>
[GenerateSerializer, Immutable, Alias("OrleansSgd.TicketRequest")]
public readonly record struct TicketRequest(
    [property: Id(0)] int Worker,
    [property: Id(1)] int Incarnation,
    [property: Id(2)] long Sequence,
    [property: Id(3)] long Lease,
    [property: Id(4)] int Start,
    [property: Id(5)] int End,
    [property: Id(6)] double Norm,
    [property: Id(7)] ReadOnlyMemory<byte> Ledger,
    [property: Id(8)] double StepSeconds = double.NaN,
    [property: Id(9)] long Viewed = 0);

/// <summary>The answer to a ticket request; the tickets are meaningful when given.</summary>
/// <param name="Keeper">Number of the keeper that gets the update before the shards do; 0 for none.</param>
/// <param name="Safe">Updates below this ticket survive the loss of any one silo without the worker's help.</param>
/// <param name="LeaseEnd">Where the worker's lease ends by now; 0 when it is as it was.</param>
[GenerateSerializer, Immutable, Alias("OrleansSgd.TicketAnswer")]
public readonly record struct TicketAnswer(
    [property: Id(0)] TicketVerdict Verdict,
    [property: Id(1)] long Ticket,
    [property: Id(2)] long RoundTicket,
    [property: Id(3)] int Keeper = 0,
    [property: Id(4)] long Safe = 0,
    [property: Id(5)] int LeaseEnd = 0)
{
    /// <summary>The grant, as Core knows it.</summary>
    public TicketGrant ToGrant() => new(Ticket, RoundTicket) { Keeper = Keeper, Safe = Safe, LeaseEnd = LeaseEnd };
}

/// <summary>Some of the trained parameters.</summary>
[GenerateSerializer, Immutable, Alias("OrleansSgd.ModelPiece")]
public sealed record ModelPiece([property: Id(0)] ReadOnlyMemory<byte> Values);
