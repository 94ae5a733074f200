namespace OrleansSgd.Core.Runs;

/// <summary>One thing the coordinator's host has to do.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Member">Number of the worker or shard; for Evaluate, the epoch.</param>
/// <param name="Incarnation">The life to start, or the lowest one not fenced.</param>
/// <param name="Silo">Where to start it.</param>
/// <param name="Ticket">For FenceWorker: the ticket its last life may have left open; −1 for none.</param>
/// <param name="Round">For FenceWorker without a worker: the round the ticket was given for; −1 when asynchronous.</param>
/// <param name="From">The life that hands its state over to this one; 0 when it is gone.</param>
/// <param name="Owner">For FenceWorker: the worker whose keeper may have the update of the ticket; −1 for none.</param>
public readonly record struct RunCommand(
    RunCommandKind Kind, int Member = -1, int Incarnation = 0, string Silo = "", long Ticket = -1, long Round = -1, int From = 0,
    int Owner = -1);

/// <summary>The kinds of <see cref="RunCommand"/>.</summary>
public enum RunCommandKind
{
    /// <summary>Give a life of a shard its parameters: <see cref="RunCoordinator.ShardStarted"/> or ShardLost.</summary>
    StartShard,

    /// <summary>Start a life of a worker: <see cref="RunCoordinator.WorkerStarted"/> or WorkerLost.</summary>
    StartWorker,

    /// <summary>
    /// Start a keeper of a worker, the one of this number: <see cref="RunCoordinator.KeeperStarted"/> or KeeperLost.
    /// </summary>
    StartKeeper,

    /// <summary>
    /// Tell every shard to refuse earlier lives of a worker: <see cref="RunCoordinator.WorkerFenced"/>. Without a worker
    /// (−1) every shard settles the ticket. Shards report in both cases; one that lacks an update which a keeper has is given it first.
    /// </summary>
    FenceWorker,

    /// <summary>Evaluate the model after an epoch; <see cref="RunCoordinator.TryHold"/> first, for an exact one.</summary>
    Evaluate,

    /// <summary>Everything is trained: evaluate, save, report.</summary>
    Finish,

    /// <summary>Measure the loss at one ticket: <see cref="RunCoordinator.TryHold"/>, read, <see cref="RunCoordinator.Release"/>.</summary>
    Cut,
}
