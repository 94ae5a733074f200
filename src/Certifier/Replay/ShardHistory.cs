using System.Globalization;
using OrleansSgd.Certifier.Reading;

namespace OrleansSgd.Certifier.Replay;

/// <summary>All lives of one shard: what it has now, and whether that is what the rows say.</summary>
internal sealed class ShardHistory
{
    private readonly List<ShardLife> _lives = [];
    private readonly List<ShardLife> _open;
    private readonly TicketWindow _tickets;
    private readonly FindingList _findings;
    private readonly int _livesBefore;
    private readonly bool _keepsRounds;
    private int _current;

    /// <param name="lives">Ascending by incarnation, at least one; the first is the one that the run began with.</param>
    /// <param name="livesBefore">Lives up to this number may have left their logs elsewhere: with a grid that was lost. −1 for none.</param>
    /// <param name="keepsRounds">True when a version is a round; else it is an update.</param>
    public ShardHistory(IEnumerable<ShardLife> lives, int livesBefore, bool keepsRounds, TicketWindow tickets, FindingList findings)
    {
        _livesBefore = livesBefore;
        _keepsRounds = keepsRounds;
        _lives.AddRange(lives);
        _open = [.. _lives];
        _tickets = tickets;
        _findings = findings;
    }

    /// <summary>Slices and views that only a missing end of a log could confirm.</summary>
    public long UncheckedCount { get; private set; }

    /// <summary>Every life.</summary>
    public IReadOnlyList<ShardLife> Lives => _lives;

    private ShardLife Current => _lives[_current];

    /// <summary>A life of an incarnation, or null when nothing tells of one.</summary>
    public ShardLife? LifeOf(int incarnation)
    {
        ShardLife current = Current;
        return current.Incarnation == incarnation ? current : _lives.Find(life => life.Incarnation == incarnation);
    }

    /// <summary>True for a life that may have left its log with a grid that was lost.</summary>
    public bool MayBeElsewhere(int incarnation) => incarnation <= _livesBefore;

    /// <summary>A new life begins: holds what it says against the log of the one before.</summary>
    public void Restore(RestoreEvent restore)
    {
        ShardLife old = Current;
        int next = _lives.FindIndex(life => life.Incarnation == restore.Incarnation);
        if (next <= _current)
        {
            _findings.Add(
                FindingKind.Restore, restore.Watermark, restore.Shard,
                $"Shard {restore.Shard} begins incarnation {restore.Incarnation} although it is at {old.Incarnation} already; old lives must not come back.");
            return;
        }

        old.ReadAll();
        _current = next;
        long version = VersionSeen(restore);
        bool isCovered = old.HasLog && (old.IsWhole || old.Version >= version);
        if (old.IsWhole && restore.Version > old.Version + restore.Replayed.Length)
        {
            _findings.Add(
                FindingKind.Restore, restore.Watermark, restore.Shard,
                $"Shard {restore.Shard} begins incarnation {restore.Incarnation} at version {restore.Version}, but the life before ended at {old.Version}" +
                (restore.Replayed.Length > 0 ? $" and {restore.Replayed.Length} tickets were replayed." : "."));
        }

        long end = Math.Max(Math.Max(restore.Watermark, old.TicketEnd), restore.Exceptions is [.., long last] ? last + 1 : 0);
        for (long ticket = _tickets.First; ticket < Math.Min(end, _tickets.Tickets); ticket++)
        {
            Compare(old, Current, restore, ticket, version, isCovered);
        }
    }

    // The version of the view that the new life was made from. Kept updates came on top of it, one version each: what the old life made of those
    // versions, when it lived on unseen, is in no view. A round is the same updates whoever applies it.
    private long VersionSeen(RestoreEvent restore) => _keepsRounds ? restore.Version : restore.Version - restore.Replayed.Length;

    /// <summary>Nothing still to come speaks of a ticket: the log must have what its row says.</summary>
    public void Forget(TicketEntry entry)
    {
        Check(entry);
        for (int i = _open.Count - 1; i >= 0; i--)
        {
            ShardLife life = _open[i];
            life.Forget(entry);
            if (life.IsWalled && life.Incarnation < Current.Incarnation)
            {
                _open.RemoveAt(i);
            }
        }
    }

    /// <summary>Counts something that could not be checked.</summary>
    public void Uncheck() => UncheckedCount++;

    private void Check(TicketEntry entry)
    {
        ShardLife life = Current;
        int shard = life.Shard;
        long ticket = entry.Ticket;
        SliceFate fate = entry.Fates[shard];
        bool isExpected = fate == SliceFate.Applied;
        if (life.BeginsWith(ticket))
        {
            if (life.Replayed.Remove(ticket) && !isExpected)
            {
                _findings.Add(
                    FindingKind.ExactlyOnce, ticket, shard,
                    $"Ticket {ticket} is {Word(fate)} in shard {shard}, but incarnation {life.Incarnation} begins with it replayed.");
            }

            if (life.Claims.Remove(ticket) && isExpected)
            {
                _findings.Add(
                    FindingKind.Restore, ticket, shard,
                    $"Incarnation {life.Incarnation} of shard {shard} begins with ticket {ticket} settled, but the life before had not " +
                    "applied it and nobody replayed it: the update is lost, and nothing says so.");
            }

            return;
        }

        if (!isExpected)
        {
            if (life.Applied(ticket))
            {
                _findings.Add(FindingKind.ExactlyOnce, ticket, shard, $"Ticket {ticket} is {Word(fate)} in shard {shard}, but the shard applied it.");
            }

            return;
        }

        life.ReadUntilTold(ticket);
        if (life.Applied(ticket))
        {
            return;
        }

        if (life.Voids(ticket) || life.IsWhole)
        {
            string what = life.Voids(ticket) ? "the shard declared it void" : "the shard's log does not have it";
            _findings.Add(
                FindingKind.ExactlyOnce, ticket, shard, $"Ticket {ticket} is applied in shard {shard} by its row, but {what}: a lost update.");
        }
        else
        {
            UncheckedCount++;
        }
    }

    private void Compare(ShardLife old, ShardLife life, RestoreEvent restore, long ticket, long version, bool isCovered)
    {
        bool had = old.BeginsWith(ticket) ? !old.Claims.Contains(ticket) : old.Applied(ticket, version);
        bool has = life.BeginsWith(ticket);
        if (has && !had && restore.Replays(ticket))
        {
            life.Replayed.Add(ticket);
        }
        else if (has && !had)
        {
            if (isCovered)
            {
                life.Claims.Add(ticket);
            }
            else
            {
                UncheckedCount++;
            }
        }
        else if (had && !has)
        {
            string what = restore.Loses(ticket) ? "is said to be lost" : "is missing from the set it begins with";
            _findings.Add(
                FindingKind.Restore, ticket, restore.Shard,
                $"Shard {restore.Shard} begins incarnation {restore.Incarnation} from version {version}, which contains ticket {ticket}, " +
                $"but the ticket {what}.");
        }
    }

    private static string Word(SliceFate fate) => fate.ToString().ToLower(CultureInfo.InvariantCulture);
}
