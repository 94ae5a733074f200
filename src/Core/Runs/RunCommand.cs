namespace OrleansSgd.Core.Runs;

/// <summary>One thing the coordinator's host has to do.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Member">Number of the worker or shard; for Evaluate, the epoch.</param>
/// <param name="Incarnation">The life to start, or the lowest one not fenced.</param>
/// <param name="Silo">Where to start it.</param>
/// <param name="Ticket">For FenceWorker: the ticket its last life may have left open; −1 for none.</param>
/// <param name="Round">For FenceWorker without a worker: the round the ticket was given for; −1 when asynchronous.</param>
public readonly record struct RunCommand(
    RunCommandKind Kind, int Member = -1, int Incarnation = 0, string Silo = "", long Ticket = -1, long Round = -1);

/// <summary>The kinds of <see cref="RunCommand"/>.</summary>
public enum RunCommandKind
{
    /// <summary>Give a life of a shard its parameters: <see cref="RunCoordinator.ShardStarted"/> or ShardLost.</summary>
    StartShard,

    /// <summary>Start a life of a worker: <see cref="RunCoordinator.WorkerStarted"/> or WorkerLost.</summary>
    StartWorker,

    /// <summary>
    /// Tell every shard to refuse earlier lives of a worker: <see cref="RunCoordinator.WorkerFenced"/>. Without a worker
    /// (−1) every shard settles the ticket. Shards report in both cases.
    /// </summary>
    FenceWorker,

    /// <summary>Evaluate the model after an epoch; <see cref="RunCoordinator.TryHold"/> first, for an exact one.</summary>
    Evaluate,

    /// <summary>Everything is trained: evaluate, save, report.</summary>
    Finish,

    /// <summary>Measure the loss at one ticket: <see cref="RunCoordinator.TryHold"/>, read, <see cref="RunCoordinator.Release"/>.</summary>
    Cut,
}
