namespace OrleansSgd.Core.Consistency.Metering;

/// <summary>How much a <see cref="ConsistencyMeter"/> remembers.</summary>
public sealed record MeterOptions
{
    /// <summary>Shards of the job; 1 to 10 000.</summary>
    public required int ShardCount { get; init; }

    /// <summary>
    /// Tickets kept at once, 16 to 2²⁰; a power of two. Four times the largest delay is enough, as an entry is needed until no view lacks it.
    /// </summary>
    /// <remarks>Memory: about 40 bytes × shards per ticket, and 4 bytes × shards × counters more with sketches.</remarks>
    public int TicketsMax { get; init; } = 4096;

    /// <summary>Finalised tickets over which means and quantiles are taken; 1 to 2²⁰.</summary>
    public int WindowLength { get; init; } = 1024;

    /// <summary>
    /// What a residual weighs in x: 1 when the rate is already in what is sent (as everywhere in this grid), 1 / p when the receiver averages
    /// the messages.
    /// </summary>
    public double ResidualScale { get; init; } = 1;

    internal void Check()
    {
        Range(ShardCount, 1, Ledger.TicketRecord.ShardsMax, nameof(ShardCount));
        Range(TicketsMax, 16, 1 << 20, nameof(TicketsMax));
        Range(WindowLength, 1, 1 << 20, nameof(WindowLength));
        if (!int.IsPow2(TicketsMax))
        {
            throw new ArgumentException($"{nameof(TicketsMax)} is {TicketsMax}; use a power of two.", nameof(TicketsMax));
        }

        if (!(ResidualScale > 0 && ResidualScale <= 1))
        {
            throw new ArgumentException($"{nameof(ResidualScale)} is {ResidualScale}; use a number above 0, at most 1.", nameof(ResidualScale));
        }
    }

    private static void Range(int value, int min, int max, string name)
    {
        if (value < min || value > max)
        {
            throw new ArgumentException($"{name} is {value}; use {min} to {max}.", name);
        }
    }
}
