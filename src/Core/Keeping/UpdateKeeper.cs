using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Shards;

namespace OrleansSgd.Core.Keeping;

/// <summary>The newest updates of one worker, kept on another silo than its own until nobody can need them any more.</summary>
/// <remarks>
/// <para>A worker hands every update over before it pushes it. When its silo dies, and shards on that silo with it, the updates that only those
/// shards had are here; and so are the frames of an update that it had begun to push.</para>
/// <para>An update is let go once it is safe: in views on two silos, or in a snapshot. How many are kept is up to the coordinator, who gives a worker
/// no ticket beyond its limit (<see cref="Runs.RunCoordinator"/>).</para>
/// <para>Not thread-safe. Whoever reads an update that the worker may use the memory of again has to copy it before the next call.</para>
/// </remarks>
public sealed class UpdateKeeper
{
    // By ticket. A few at a time, mostly added at the end and let go of at the front.
    private readonly SortedList<long, KeptUpdate> _kept = [];
    private int _incarnationMin;
    private long _safe;

    /// <summary>Updates kept.</summary>
    public int Count => _kept.Count;

    /// <summary>Bytes kept.</summary>
    public long Size { get; private set; }

    /// <summary>Keeps one update; one that is here already is replaced by its equal.</summary>
    /// <param name="update">Owned by the keeper until <paramref name="safe"/> of a later call exceeds its ticket.</param>
    /// <param name="safe">Every update below this ticket is let go.</param>
    /// <returns>False when this life of the worker is over; then nothing was kept.</returns>
    public bool Keep(KeptUpdate update, long safe)
    {
        ArgumentNullException.ThrowIfNull(update);
        if (update.Incarnation < _incarnationMin)
        {
            return false;
        }

        _safe = Math.Max(_safe, safe);
        LetGo();
        if (update.Ticket >= _safe)
        {
            Size += update.Size - (_kept.TryGetValue(update.Ticket, out KeptUpdate? known) ? known.Size : 0);
            _kept[update.Ticket] = update;
        }

        return true;
    }

    /// <summary>The update of a ticket, or null; from now on nothing of the worker's lives below <paramref name="incarnationMin"/> is kept.</summary>
    /// <remarks>Asked when a life is over: what comes later than the answer must not seem to have been here.</remarks>
    public KeptUpdate? Close(long ticket, int incarnationMin)
    {
        _incarnationMin = Math.Max(_incarnationMin, incarnationMin);
        return _kept.GetValueOrDefault(ticket);
    }

    /// <summary>Frames of one shard, in the order of their tickets; copies.</summary>
    /// <param name="shard">Number of the shard.</param>
    /// <param name="ticketMin">The lowest ticket wanted.</param>
    public IEnumerable<ReadOnlyMemory<byte>> FramesOf(int shard, long ticketMin) =>
        _kept.Where(one => one.Key >= ticketMin).Select(one => (ReadOnlyMemory<byte>)one.Value.CopyOf(shard));

    /// <summary>Applies kept frames to a shard that has not begun to serve: those that it lacks and that may still be in x.</summary>
    /// <param name="shard">As it was in the newest view. Of a round that is not complete after all frames it keeps nothing that counts.</param>
    /// <param name="frames">Of any workers; several of one ticket are one.</param>
    /// <param name="mayHave">Whether a ticket may be in this shard.</param>
    /// <returns>Updates applied; rounds, where shards keep rounds.</returns>
    public static int Replay(ParameterShard shard, IEnumerable<ReadOnlyMemory<byte>> frames, Func<long, bool> mayHave)
    {
        ArgumentNullException.ThrowIfNull(shard);
        ArgumentNullException.ThrowIfNull(frames);
        ArgumentNullException.ThrowIfNull(mayHave);
        long before = shard.Version;
        foreach ((PushHeader header, ReadOnlyMemory<byte> frame) in frames
            .Select(frame => (Header: PushFrame.ReadHeader(frame.Span), frame))
            .OrderBy(one => one.Header.Round)
            .ThenBy(one => one.Header.Ticket))
        {
            if (mayHave(header.Ticket))
            {
                shard.Push(frame.Span);
            }
        }

        return (int)(shard.Version - before);
    }

    private void LetGo()
    {
        while (_kept.Count > 0 && _kept.GetKeyAtIndex(0) < _safe)
        {
            Size -= _kept.GetValueAtIndex(0).Size;
            _kept.RemoveAt(0);
        }
    }
}
