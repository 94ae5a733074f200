using OrleansSgd.Certifier.Reading;

namespace OrleansSgd.Certifier.Replay;

/// <summary>The log of one life of a shard: which ticket became part of it at which version.</summary>
/// <remarks>
/// Read as far as somebody asks. For views it keeps, ticket by ticket, how many tickets below were applied and at which version the last of
/// them was, so that a view is checked by comparing counts, without walking its set.
/// </remarks>
internal sealed class ShardLife
{
    private const long Unknown = -1;
    private const long DeclaredVoid = -2;
    private const long InOpenRound = -3;
    private const long Never = long.MaxValue;

    private readonly SpanChain? _log;
    private readonly RestoreEvent _start;
    private readonly long _ticketEnd;
    private readonly TicketWindow _tickets;
    private readonly FindingList _findings;
    private readonly SlidingList<Place> _places = new(new Place { Version = Unknown });
    private readonly SlidingList<long> _counts = new(0);
    private readonly List<long> _round = [];
    private readonly HashSet<long> _void = [];
    private long _applied;
    private int _initialNext;
    private long _initialCount;
    private long _summedEnd;
    private long _versionMax;
    private long _count;
    private Place _forgotten;

    /// <param name="start">What it begins with; an empty set for the first life.</param>
    /// <param name="ticketEnd">From this ticket on, what it did was gone back behind and does not count.</param>
    /// <param name="log">Null when none was given.</param>
    public ShardLife(RestoreEvent start, long ticketEnd, SpanChain? log, TicketWindow tickets, FindingList findings)
    {
        _start = start;
        _ticketEnd = ticketEnd;
        _log = log;
        _tickets = tickets;
        _findings = findings;
        _places.DropBelow(start.Watermark);
        _counts.DropBelow(start.Version);
        _counts.Reach(start.Version) = 0;
        _summedEnd = start.Watermark;
        _versionMax = start.Version;
        Version = start.Version;
    }

    private enum EntryKind
    {
        Applied = 0,
        InRound = 1,
        Void = 2,
    }

    public int Shard => _start.Shard;

    public int Incarnation => _start.Incarnation;

    /// <summary>Every ticket below was settled when this life began.</summary>
    public long Start => _start.Watermark;

    /// <summary>Version when this life began.</summary>
    public long VersionStart => _start.Version;

    /// <summary>Updates, or rounds, applied as far as the log was read.</summary>
    public long Version { get; private set; }

    /// <summary>True when the log says that it ended in order.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>True when there is nothing left to read.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>True when there is a log at all.</summary>
    public bool HasLog => _log is not null;

    /// <summary>Slots of the set that the life before it could not be shown to have had; what they are worth shows when they are finalised.</summary>
    public HashSet<long> Claims { get; } = [];

    /// <summary>Slots of the set that keepers added to it.</summary>
    public HashSet<long> Replayed { get; } = [];

    /// <summary>Attributes of its spans that nobody knows.</summary>
    public long UnknownAttributeCount { get; private set; }

    /// <summary>Spans of it whose clock was set back.</summary>
    public int ClockJumpCount => _log?.ClockJumpCount ?? 0;

    /// <summary>True when a ticket below every view still to come was never applied here: no view of this life can follow.</summary>
    public bool IsWalled => _forgotten.VersionMax == Never;

    /// <summary>One past the highest ticket that the log has told of.</summary>
    public long TicketEnd => _places.End;

    /// <summary>True when the life began with this ticket settled and not lost.</summary>
    public bool BeginsWith(long ticket) => _start.Settles(ticket) && !_start.Loses(ticket);

    /// <summary>Reads on until a version is reached, or the end.</summary>
    public void ReadTo(long version)
    {
        while (Version < version && ReadSpan())
        {
        }
    }

    /// <summary>Reads on until something is said of a ticket, or the end.</summary>
    public void ReadUntilTold(long ticket)
    {
        while (VersionOf(ticket) == Unknown && ReadSpan())
        {
        }
    }

    /// <summary>Reads everything.</summary>
    public void ReadAll()
    {
        while (ReadSpan())
        {
        }
    }

    /// <summary>True when the log applied a ticket, as far as it was read, by a version.</summary>
    public bool Applied(long ticket, long version = long.MaxValue - 1)
    {
        long at = VersionOf(ticket);
        return at >= 0 && at <= version;
    }

    /// <summary>True when the log declares a ticket void.</summary>
    public bool Voids(long ticket) => VersionOf(ticket) == DeclaredVoid;

    /// <summary>Lets go of a ticket that no view still to come can lack; the next one in order.</summary>
    public void Forget(TicketEntry entry)
    {
        long ticket = entry.Ticket;
        if (ticket < _start.Watermark)
        {
            return;
        }

        if (!SumUpTo(ticket + 1))
        {
            // Its row says applied and this log does not: a view that contains it is wrong, whatever its version.
            _places.Reach(ticket).Version = Never;
            SumUpTo(ticket + 1);
        }

        if (_initialNext < _start.Exceptions.Length && _start.Exceptions[_initialNext] == ticket)
        {
            _initialNext++;
            _initialCount += IsInitial(entry) ? 1 : 0;
        }

        if (!entry.IsAppliedIn(Shard, Incarnation))
        {
            _void.Add(ticket);
        }

        // A view of an earlier version would lack what lies below every view still to come.
        _forgotten = _places[ticket];
        if (_forgotten.VersionMax != Never)
        {
            _counts.DropBelow(_forgotten.VersionMax);
        }

        _places.DropBelow(ticket + 1);
    }

    /// <summary>The first ticket below a watermark that the log has not applied by a version, and that is not void; −1 for none.</summary>
    public long FirstMissingBelow(long watermark, long version)
    {
        if (watermark <= _start.Watermark)
        {
            return -1;
        }

        if (!SumUpTo(watermark))
        {
            return _summedEnd;
        }

        if (Below(watermark).VersionMax <= version)
        {
            return -1;
        }

        long ticket = _places.First;
        while (ticket < watermark - 1 && _places[ticket].VersionMax <= version)
        {
            ticket++;
        }

        return ticket;
    }

    /// <summary>True when the life had a ticket by a version, as part of its first set or from its log.</summary>
    public bool Has(long ticket, long version) => ticket < _start.Watermark
        || (_tickets.Find(ticket) is { } entry && IsInitialException(ticket) && IsInitial(entry))
        || Applied(ticket, version);

    /// <summary>Tickets from the first watermark on that the life had by a version.</summary>
    public long CountAt(long version) => Initial() + (version < _counts.First ? 0 : _counts[version]);

    /// <summary>Tickets from the first watermark up to, not including, another one that the life ever had.</summary>
    /// <remarks>Call <see cref="FirstMissingBelow"/> first.</remarks>
    public long CountBelow(long watermark) => watermark <= _start.Watermark ? 0
        : Below(watermark).Count;

    private Place Below(long watermark) => watermark > _places.First ? _places[watermark - 1] : _forgotten;

    private long Initial()
    {
        long count = _initialCount;
        for (int i = _initialNext; i < _start.Exceptions.Length; i++)
        {
            count += _tickets.Find(_start.Exceptions[i]) is { } entry && IsInitial(entry) ? 1 : 0;
        }

        return count;
    }

    private bool IsInitialException(long ticket) => Array.BinarySearch(_start.Exceptions, ticket) >= 0;

    private bool IsInitial(TicketEntry entry) => !_start.Loses(entry.Ticket) && entry.IsAppliedIn(Shard, Incarnation);

    private long VersionOf(long ticket) => ticket >= _places.First && ticket < _places.End ? _places[ticket].Version : Unknown;

    // Sums up tickets in order; false when it comes to one that is not void and that the log has not told of yet.
    private bool SumUpTo(long end)
    {
        for (; _summedEnd < end; _summedEnd++)
        {
            ref Place place = ref _places.Reach(_summedEnd);
            TicketEntry? entry = _tickets.Find(_summedEnd);
            bool isApplied = entry?.IsAppliedIn(Shard, Incarnation) ?? false;
            long version = isApplied && IsInitialException(_summedEnd) && !_start.Loses(_summedEnd) ? _start.Version : place.Version;
            if (version >= 0)
            {
                _versionMax = Math.Max(_versionMax, version);
                _count++;
            }
            else if (isApplied || entry is null)
            {
                return false;
            }

            place.VersionMax = _versionMax;
            place.Count = _count;
        }

        return true;
    }

    private bool ReadSpan()
    {
        if (IsAtEnd || _log?.Next() is not { } span)
        {
            IsAtEnd = true;
            return false;
        }

        if (IsWhole)
        {
            throw span.Place.Damage($"the log of shard {Shard}, incarnation {Incarnation} goes on after the span that says it is the last.");
        }

        _ = span.Text("job");
        _ = span.Count("sequence");
        _ = span.Count("shard");
        _ = span.Count("incarnation");
        long version = span.Count("version");
        if (version != Version)
        {
            throw span.Place.Damage($"the log of shard {Shard} says version {version}, but its entries make {Version}; it was changed or written wrongly.");
        }

        ReadEntries(span);
        IsWhole = span.Truth("is_last");
        UnknownAttributeCount += span.UnknownCount;
        return true;
    }

    private void ReadEntries(LedgerSpan span)
    {
        var bytes = new PackedBytes(span, "entries");
        long count = span.Count("count");
        long ticket = 0;
        for (long i = 0; i < count; i++)
        {
            ulong entry = bytes.Varint();
            ticket += PackedBytes.Zigzag(entry >> 2);
            if ((entry & 3) > (ulong)EntryKind.Void || ticket < 0)
            {
                throw bytes.Wrong($"holds kind {entry & 3} of ticket {ticket}; expected kind 0 to 2, ticket 0 or more");
            }

            Take(ticket, (EntryKind)(entry & 3));
        }

        if (!bytes.IsAtEnd)
        {
            throw bytes.Wrong($"holds more than its {count} entries");
        }
    }

    private void Take(long ticket, EntryKind kind)
    {
        bool isNew = ticket < _ticketEnd && IsNew(ticket, kind);
        if (kind == EntryKind.Void)
        {
            if (isNew)
            {
                _places.Reach(ticket).Version = DeclaredVoid;
            }

            return;
        }

        if (isNew)
        {
            _places.Reach(ticket).Version = InOpenRound;
            _round.Add(ticket);
        }

        if (kind == EntryKind.Applied)
        {
            Version++;
            foreach (long one in _round)
            {
                if (one >= _places.First)
                {
                    _places[one].Version = Version;
                }
            }

            _applied += _round.Count;
            _round.Clear();
            _counts.Reach(Version) = _applied;
        }
    }

    // Says what is wrong with an entry; true when it is the first the life says of the ticket.
    private bool IsNew(long ticket, EntryKind kind)
    {
        string verb = kind == EntryKind.Void ? "declares void" : "applies";
        if (ticket >= _tickets.Tickets)
        {
            _findings.Add(
                FindingKind.ExactlyOnce, ticket, Shard,
                $"Shard {Shard} {verb} ticket {ticket} at version {Version}, but only {_tickets.Tickets} tickets were given out.");
            return false;
        }

        if (BeginsWith(ticket))
        {
            if (kind != EntryKind.Void)
            {
                _findings.Add(
                    FindingKind.ExactlyOnce, ticket, Shard,
                    $"Shard {Shard} applies ticket {ticket} again after version {Version}: its incarnation {Incarnation} began with it.");
            }

            return false;
        }

        long told = ticket < _places.First ? (_void.Contains(ticket) || ticket < _start.Watermark ? DeclaredVoid : 0) : VersionOf(ticket);
        bool repeatsVoid = told == DeclaredVoid && kind == EntryKind.Void;
        if (told == Unknown || repeatsVoid)
        {
            return told == Unknown;
        }

        _findings.Add(
            FindingKind.ExactlyOnce, ticket, Shard,
            told == DeclaredVoid
                ? $"Shard {Shard} applies ticket {ticket} after version {Version}, although it is void there."
                : $"Shard {Shard} {verb} ticket {ticket} after version {Version}, although it has applied it before.");
        return false;
    }

    private struct Place
    {
        /// <summary>The version it became part of the shard at; negative: see the constants.</summary>
        public long Version;

        /// <summary>The highest version of a ticket up to here.</summary>
        public long VersionMax;

        /// <summary>Tickets up to here that were applied.</summary>
        public long Count;
    }
}
