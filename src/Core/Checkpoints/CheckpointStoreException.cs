namespace OrleansSgd.Core.Checkpoints;

/// <summary>A store could not do what it was asked; nothing that counted before was changed.</summary>
/// <remarks>After <see cref="StoreTrouble.Slow"/> what was asked may still come to be, unless another life claims the job first.</remarks>
/// <param name="trouble">What kind.</param>
/// <param name="message">What, where, the limit and the remedy.</param>
public sealed class CheckpointStoreException(StoreTrouble trouble, string message, Exception? inner = null) : IOException(message, inner)
{
    /// <summary>What kind of trouble it is.</summary>
    public StoreTrouble Trouble => trouble;

    /// <summary>True when trying again later may help.</summary>
    public bool IsPassing => trouble is StoreTrouble.Full or StoreTrouble.Gone or StoreTrouble.Slow or StoreTrouble.Held;
}

/// <summary>Kinds of <see cref="CheckpointStoreException"/>.</summary>
public enum StoreTrouble
{
    /// <summary>No room is left, or a quota is used up.</summary>
    Full,

    /// <summary>It may be read but not written.</summary>
    ReadOnly,

    /// <summary>It is not there, or cannot be reached.</summary>
    Gone,

    /// <summary>It did not answer in time.</summary>
    Slow,

    /// <summary>The credentials are wrong or do not allow it.</summary>
    Denied,

    /// <summary>Another life of the job's coordinator has claimed the job since.</summary>
    Outclaimed,

    /// <summary>A part or manifest is missing, cut short or changed.</summary>
    Damaged,

    /// <summary>It was written for another job, model, shard count or by a newer build.</summary>
    Foreign,

    /// <summary>Another process has the job claimed and is still running: two grids on one store.</summary>
    Held,
}
