namespace OrleansSgd.Storage;

/// <summary>What every store can be told.</summary>
public sealed record StoreOptions
{
    /// <summary>Whole checkpoints of a job that are kept; 1 or more, default 2: one to fall back on when the newest turns out damaged.</summary>
    public int Keep { get; init; } = 2;

    /// <summary>How long one call may take before it is answered with "slow". 1 s or more; default 1 min.</summary>
    /// <remarks>Raise it when parts are so large that an honest write takes longer.</remarks>
    public TimeSpan SlowAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The clock that <see cref="SlowAfter"/> is measured with.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>These options, once every one is in its range.</summary>
    /// <exception cref="ArgumentException">One is not.</exception>
    internal StoreOptions Checked()
    {
        if (Keep < 1)
        {
            throw new ArgumentException($"{nameof(Keep)} is {Keep}; a store keeps 1 checkpoint or more.");
        }

        if (SlowAfter < TimeSpan.FromSeconds(1))
        {
            throw new ArgumentException($"{nameof(SlowAfter)} is {SlowAfter}; use 1 s or more.");
        }

        return this;
    }
}
