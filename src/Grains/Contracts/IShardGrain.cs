using OrleansSgd.Core.Shards;

namespace OrleansSgd.Grains.Contracts;

/// <summary>One shard of one job. Key: <c>{job}/shard/{number}</c>.</summary>
[Alias("OrleansSgd.IShardGrain")]
public interface IShardGrain : IGrainWithStringKey
{
    /// <summary>Gives this life of the shard its parameters.</summary>
    /// <returns>The silo that hosts it.</returns>
    [Alias("Start")]
    Task<string> Start(ShardStart start);

    /// <summary>Offers one update; the answer carries what changed since the pusher's view.</summary>
    [Alias("Push")]
    ValueTask<ShardAnswer> Push(PushRequest request);

    /// <summary>Reads what changed, once the shard has the version asked for, or says after a while that it has not.</summary>
    [Alias("Pull")]
    ValueTask<ShardAnswer> Pull(PullRequest request);

    /// <summary>Refuses earlier lives of a worker from now on, and settles the ticket its last life left open.</summary>
    [Alias("Fence")]
    Task<FenceAnswer> Fence(FenceRequest request);

    /// <summary>Ends a life and gives its parameters away; from then on it answers nobody, and the activation goes away.</summary>
    /// <returns><see cref="SliceAnswer.None"/> when another life serves here, or none.</returns>
    [Alias("HandOver")]
    Task<SliceAnswer> HandOver(int incarnation);

    /// <summary>The life that serves; 0 when the shard waits for its parameters.</summary>
    [Alias("Ping")]
    Task<int> Ping();

    /// <summary>Copies the slice as it is just before a ticket; held until every ticket below it is settled, or a while has passed.</summary>
    [Alias("Freeze")]
    Task<FreezeAnswer> Freeze(long ticket);

    /// <summary>Writes what was copied last into the store.</summary>
    [Alias("Store")]
    Task<PartAnswer> Store(PartRequest request);

    /// <summary>One past the highest ticket that this life has settled; 0 when the shard waits for its parameters.</summary>
    [Alias("TicketEnd")]
    Task<long> TicketEnd();

    /// <summary>The job is over: lets go of the parameters.</summary>
    [Alias("Stop")]
    Task Stop();
}

/// <summary>Parameters and history for one life of a shard.</summary>
/// <param name="Shard">Number of the shard.</param>
/// <param name="Incarnation">The life to begin; a lower one than the present is ignored.</param>
/// <param name="Slice">[length × 4 bytes], f32 little-endian.</param>
/// <param name="Version">Updates in the slice.</param>
/// <param name="TicketWatermark">Every ticket below it is settled in the slice.</param>
/// <param name="TicketExceptions">Settled tickets above the watermark, ascending.</param>
/// <param name="WorkerIncarnations">[workers], lives below which pushes are refused.</param>
/// <param name="AnswerFraction">Share of the coordinates that an answer to a worker carries; 1 for all that changed.</param>
[GenerateSerializer, Immutable, Alias("OrleansSgd.ShardStart")]
public sealed record ShardStart(
    [property: Id(0)] int Shard,
    [property: Id(1)] int Incarnation,
    [property: Id(2)] ReadOnlyMemory<byte> Slice,
    [property: Id(3)] long Version,
    [property: Id(4)] long TicketWatermark,
    [property: Id(5)] long[] TicketExceptions,
    [property: Id(6)] int[] WorkerIncarnations,
    [property: Id(7)] double AnswerFraction);

/// <summary>One update on its way.</summary>
/// <param name="Frame">A push frame (docs/wire-format.md); not changed before the answer has come.</param>
/// <param name="ViewVersion">The version the pusher's view has.</param>
/// <param name="ViewIncarnation">The life of the shard that view came from.</param>
/// <param name="Values">The values of the frame, where they lie beside it; empty otherwise. Not changed before the answer has come.</param>
[GenerateSerializer, Immutable, Alias("OrleansSgd.PushRequest")]
public sealed record PushRequest(
    [property: Id(0)] ReadOnlyMemory<byte> Frame,
    [property: Id(1)] long ViewVersion,
    [property: Id(2)] int ViewIncarnation,
    [property: Id(3)] ReadOnlyMemory<byte> Values = default);

/// <summary>A request for a view.</summary>
/// <param name="Reader">Number of the worker that reads; −1 for others.</param>
/// <param name="ReaderIncarnation">Its life.</param>
/// <param name="Number">Counts the reader's pulls of this shard: the next is sent only when this one is answered.</param>
/// <param name="ViewVersion">The version the reader has; −1 for none.</param>
/// <param name="ViewIncarnation">The life of the shard that version came from.</param>
/// <param name="VersionMin">Answer only once the shard has this version.</param>
/// <param name="SettledMin">Answer only once every ticket below this one is settled; 0 for at once.</param>
[GenerateSerializer, Immutable, Alias("OrleansSgd.PullRequest")]
public sealed record PullRequest(
    [property: Id(0)] int Reader,
    [property: Id(1)] int ReaderIncarnation,
    [property: Id(2)] long Number,
    [property: Id(3)] long ViewVersion,
    [property: Id(4)] int ViewIncarnation,
    [property: Id(5)] long VersionMin,
    [property: Id(6)] long SettledMin = 0);

/// <summary>What a shard answers to a push or a pull.</summary>
/// <param name="Frame">
/// A view frame (docs/wire-format.md) whose header carries the outcome; empty when the shard waits for its parameters.
/// Valid until the same worker's next request to this shard.
/// </param>
[GenerateSerializer, Immutable, Alias("OrleansSgd.ShardAnswer")]
public readonly record struct ShardAnswer([property: Id(0)] ReadOnlyMemory<byte> Frame)
{
    /// <summary>False when the shard has been activated and waits for its parameters.</summary>
    public bool IsReady => !Frame.IsEmpty;
}

/// <summary>Ends the earlier lives of a worker at one shard, or settles a ticket (<see cref="Core.Shards.ParameterShard.Fence"/>).</summary>
/// <param name="Frame">The push frame of the ticket, when a keeper has it; empty when nobody has.</param>
/// <param name="ShardIncarnation">The life of the shard that is meant; another one answers that it is not ready.</param>
[GenerateSerializer, Immutable, Alias("OrleansSgd.FenceRequest")]
public sealed record FenceRequest(
    [property: Id(0)] int Worker,
    [property: Id(1)] int IncarnationMin,
    [property: Id(2)] long OpenTicket,
    [property: Id(3)] long Round,
    [property: Id(4)] ReadOnlyMemory<byte> Frame = default,
    [property: Id(5)] int ShardIncarnation = 0);

/// <summary>Whether the shard could fence, and what it knows of the open ticket.</summary>
[GenerateSerializer, Immutable, Alias("OrleansSgd.FenceAnswer")]
public sealed record FenceAnswer(
    [property: Id(0)] bool IsReady,
    [property: Id(1)] bool HadApplied,
    [property: Id(2)] double NormSquared,
    [property: Id(3)] double Rate,
    [property: Id(4)] int SampleCount)
{
    /// <summary>The answer of a shard that has its parameters.</summary>
    public static FenceAnswer Of(in FenceReport report) =>
        new(!report.IsEarly, report.HadApplied, report.NormSquared, report.Rate, report.SampleCount);

    /// <summary>The report, as Core knows it.</summary>
    public FenceReport ToReport() => new(HadApplied, NormSquared, Rate, SampleCount);
}
