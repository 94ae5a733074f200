namespace OrleansSgd.Core.Consistency.Monitoring;

/// <summary>Which life of each shard a view can have come from at the earliest.</summary>
internal sealed class ShardLives
{
    private readonly List<(int Incarnation, long TicketEnd)>[] _lives;

    public ShardLives(int shardCount) => _lives = [.. Enumerable.Range(0, shardCount).Select(_ => new List<(int, long)>())];

    /// <summary>A new life began, before any ticket at or above <paramref name="ticketEnd"/> was heard of.</summary>
    public void Began(int shard, int incarnation, long ticketEnd) => _lives[shard].Add((incarnation, ticketEnd));

    /// <summary>The life that a view which contains every ticket below <paramref name="watermark"/> came from, or an older one when that is not sure.</summary>
    /// <remarks>A view with a ticket that came after a life began was read in that life or a later one.</remarks>
    public int NewestBefore(int shard, long watermark)
    {
        int incarnation = 0;
        foreach ((int life, long ticketEnd) in _lives[shard])
        {
            incarnation = watermark > ticketEnd ? life : incarnation;
        }

        return incarnation;
    }
}
