namespace OrleansSgd.Grains.Contracts;

/// <summary>One worker of one job. Key: <c>{job}/worker/{number}</c>.</summary>
/// <remarks>The grain starts and stops the loop; the loop itself runs on the silo's compute threads.</remarks>
[Alias("OrleansSgd.IWorkerGrain")]
public interface IWorkerGrain : IGrainWithStringKey
{
    /// <summary>Begins a life of the worker.</summary>
    /// <returns>The silo that hosts it.</returns>
    [Alias("Start")]
    Task<string> Start(WorkerStart start);

    /// <summary>The life whose loop runs; 0 when none does.</summary>
    [Alias("Ping")]
    Task<int> Ping();

    /// <summary>Copies one slice of the worker's view, for a new life of the shard.</summary>
    [Alias("CopySlice")]
    Task<SliceAnswer> CopySlice(int shard, int incarnationNew);

    /// <summary>Ends a life, and gives what its next life goes on with; the activation goes away.</summary>
    /// <returns>Null when this activation has not run that life.</returns>
    [Alias("HandOver")]
    Task<WorkerCarry?> HandOver(int incarnation);

    /// <summary>Ends the loop after the call it waits for.</summary>
    [Alias("Stop")]
    Task Stop();
}

/// <summary>What a worker needs to begin.</summary>
/// <param name="Job">Key of the job.</param>
/// <param name="Worker">Number of the worker.</param>
/// <param name="Incarnation">The life to begin.</param>
/// <param name="Plan">The job's plan, as <see cref="Jobs.JobPlan.ToJson"/> writes it.</param>
/// <param name="Carry">What the life before has handed over; null for a worker that begins with nothing.</param>
[GenerateSerializer, Immutable, Alias("OrleansSgd.WorkerStart")]
public sealed record WorkerStart(
    [property: Id(0)] string Job,
    [property: Id(1)] int Worker,
    [property: Id(2)] int Incarnation,
    [property: Id(3)] string Plan,
    [property: Id(4)] WorkerCarry? Carry = null);

/// <summary>What one life of a worker leaves to the next, so that a move changes nothing.</summary>
/// <param name="Residual">[d × 4 bytes], f32 little-endian; empty when the codec keeps none.</param>
/// <param name="Rule">What the rule keeps (<see cref="Core.Optimizers.IUpdateRule.Save"/>), f32 little-endian.</param>
/// <param name="CodecSeed">Where the codec draws from.</param>
/// <param name="CodecUpdates">Updates it has drawn for.</param>
[GenerateSerializer, Immutable, Alias("OrleansSgd.WorkerCarry")]
public sealed record WorkerCarry(
    [property: Id(0)] ReadOnlyMemory<byte> Residual,
    [property: Id(1)] ReadOnlyMemory<byte> Rule,
    [property: Id(2)] ulong CodecSeed,
    [property: Id(3)] long CodecUpdates);

/// <summary>One slice of a view; Version −1 when the worker has none.</summary>
/// <param name="Incarnation">The life of the shard that the slice came from.</param>
/// <param name="Version">Updates in the slice.</param>
/// <param name="Slice">[length × 4 bytes], f32 little-endian.</param>
/// <param name="TicketWatermark">Every ticket below it is settled in the slice.</param>
/// <param name="TicketExceptions">Settled tickets above the watermark, ascending.</param>
[GenerateSerializer, Immutable, Alias("OrleansSgd.SliceAnswer")]
public sealed record SliceAnswer(
    [property: Id(0)] int Incarnation,
    [property: Id(1)] long Version,
    [property: Id(2)] ReadOnlyMemory<byte> Slice,
    [property: Id(3)] long TicketWatermark,
    [property: Id(4)] long[] TicketExceptions)
{
    /// <summary>The answer of a worker that has not seen the shard.</summary>
    public static SliceAnswer None { get; } = new(0, -1, default, 0, []);
}
