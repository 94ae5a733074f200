using OrleansSgd.Core.Consistency;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Runs;

namespace OrleansSgd.Core.Shards;

/// <summary>One contiguous range of the parameter vector, and the only writer of that range.</summary>
/// <remarks>
/// <para>Asynchronous pushes (<c>Round</c> −1) are applied at once; pushes of a round wait for the other slots of the
/// round and are then applied together, in slot order, as one version. Each update is applied at most once: the shard
/// remembers the last sequence of each worker's life, and every ticket it has settled.</para>
/// <para>Not thread-safe: the host makes one call at a time (a grain turn or a simulator tick). No method waits, reads a
/// clock or draws a random number, so the same calls always leave the same bytes. Refused pushes leave every byte as it
/// was.</para>
/// </remarks>
public sealed partial class ParameterShard
{
    // One a worker of the largest run.
    private const int SlotsMax = RunPlan.MembersMax;

    private readonly SliceHome _slice;
    private readonly WorkerTable _workers = new();
    private readonly ChangeLog _changes;
    private readonly ReaderCopies? _readers;
    private readonly RoundBuffer _round = new();
    private readonly AppliedRounds _applied = new();
    private readonly TicketSet _tickets = new();
    private readonly TicketSet _inherited = new();

    // Tickets that will never be applied, with the round they were meant for. They are settled together with that round,
    // because the view of a round contains no ticket that was given for it. A lost life of a worker leaves three at most.
    private readonly Dictionary<long, long> _refused = [];
    private readonly uint[] _changed;
    private readonly List<ShardEntry> _journal = [];
    private bool _servesRounds;

    /// <param name="shard">Number of the shard in its job.</param>
    /// <param name="incarnation">Which life of the shard this is; 1 or more.</param>
    /// <param name="parameters">The slice at <paramref name="version"/>, [shard length]; the shard takes ownership.</param>
    /// <param name="version">Updates the slice contains.</param>
    /// <param name="settled">The tickets the slice contains; null for none. Copied.</param>
    /// <param name="answerFraction">Share of the coordinates that an answer to a worker carries; above 0, 1 for all that changed.</param>
    public ParameterShard(
        int shard, int incarnation, float[] parameters, long version = 0, TicketSet? settled = null, double answerFraction = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(shard);
        ArgumentOutOfRangeException.ThrowIfLessThan(incarnation, 1);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentOutOfRangeException.ThrowIfLessThan(parameters.Length, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(version);
        Shard = shard;
        Incarnation = incarnation;
        Version = version;
        _slice = new SliceHome(parameters);
        _changes = new ChangeLog(parameters.Length, version);
        _changed = new uint[Math.Max(1, parameters.Length / 2)];
        if (answerFraction < 1)
        {
            _readers = new ReaderCopies(parameters.Length, Math.Max(1, (int)Math.Ceiling(answerFraction * parameters.Length)));
        }

        if (settled is not null)
        {
            _tickets.CopyFrom(settled);
            _inherited.CopyFrom(settled);
        }
    }

    /// <summary>Number of the shard in its job.</summary>
    public int Shard { get; }

    /// <summary>Which life of the shard this is.</summary>
    public int Incarnation { get; }

    /// <summary>Updates applied since the run began; in a synchronous run, rounds.</summary>
    public long Version { get; private set; }

    /// <summary>x, [shard length].</summary>
    public ReadOnlySpan<float> Parameters => _slice.Values;

    /// <summary>Tickets that are in the parameters, or that were declared void.</summary>
    public TicketSet Settled => _tickets;

    /// <summary>Whether <see cref="Journal"/> is written.</summary>
    public bool KeepsJournal { get; set; }

    /// <summary>What was settled since <see cref="ClearJournal"/>, in its order, for whoever writes it down.</summary>
    public IReadOnlyList<ShardEntry> Journal => _journal;

    /// <summary>Forgets the journal; its host calls this after each call, so it never grows beyond a round.</summary>
    public void ClearJournal() => _journal.Clear();

    /// <summary>Applies x ← x − u, keeps u for its round, or refuses and changes nothing.</summary>
    /// <param name="frame">A push frame (docs/wire-format.md); the shard copies what it keeps.</param>
    /// <exception cref="InvalidDataException">The frame is damaged, or made for another shard. Nothing was changed.</exception>
    public PushOutcome Push(ReadOnlySpan<byte> frame) => Push(frame, out _);

    /// <summary>As <see cref="Push(ReadOnlySpan{byte})"/>, and gives the header that was read on the way.</summary>
    /// <inheritdoc cref="Push(ReadOnlySpan{byte})" path="/param|/exception"/>
    public PushOutcome Push(ReadOnlySpan<byte> frame, out PushHeader header)
    {
        header = PushFrame.ReadHeader(frame);
        return Take(header, frame, Refusal(header));
    }

    private PushOutcome Take(in PushHeader header, ReadOnlySpan<byte> frame, PushOutcomeKind? refusal)
    {
        if (refusal is { } kind)
        {
            return new(kind, 0, Version);
        }

        ReadOnlySpan<byte> payload = PushFrame.Payload(frame, header);
        return header.Round < 0 ? ApplyNow(header, payload) : KeepForRound(header, payload);
    }

    // Why an update is not taken; null when it is.
    private PushOutcomeKind? Refusal(in PushHeader header)
    {
        if (header.Shard != Shard || header.Length != _slice.Length)
        {
            throw new InvalidDataException(
                $"Push frame is for shard {header.Shard} of {header.Length} coordinates, but this is shard {Shard} " +
                $"of {_slice.Length}. The sender works from another shard map.");
        }

        if (!_tickets.Reaches(header.Ticket))
        {
            throw new InvalidDataException(
                $"Push frame has ticket {header.Ticket}, but shard {Shard} waits for ticket {_tickets.Watermark} and takes " +
                $"at most {TicketSet.ReachMax - 1} above it.");
        }

        if (_workers.IsFenced(header.Worker, header.Incarnation))
        {
            return PushOutcomeKind.Fenced;
        }

        // In a round the slot decides: a worker may owe an older round a slot that it took over, and push it later.
        bool isRepeated = header.Round < 0 && _workers.Has(header.Worker, header.Incarnation, header.Sequence);
        return isRepeated || _tickets.Contains(header.Ticket) || _refused.ContainsKey(header.Ticket) ? PushOutcomeKind.Duplicate : null;
    }

    /// <summary>
    /// Refuses every life of <paramref name="worker"/> below <paramref name="incarnationMin"/> from now on, and says what
    /// became of the ticket that its last life left open (−1: none).
    /// </summary>
    /// <param name="worker">The worker; −1 for none: then the ticket is settled, so that nobody waits for it any more.</param>
    /// <param name="incarnationMin">The lowest life that may go on.</param>
    /// <param name="openTicket">The ticket; −1 for none.</param>
    /// <param name="round">
    /// With worker −1, the round the ticket was given for, −1 when asynchronous. A ticket that fills its slot stays where it is; another is
    /// refused, and settled once the round is applied.
    /// </param>
    /// <param name="frame">
    /// The update's push frame, when somebody kept it: a shard that lacks the update takes it now. Empty when nobody has it.
    /// </param>
    /// <returns>
    /// Whether the shard has the update, and what its push said; a repeated call gets the same answer. <see cref="FenceReport.Early"/> when the
    /// frame is for a round that this shard has not come to; then nothing was done.
    /// </returns>
    /// <remarks>
    /// Two steps, because an answer may get lost and this life of the shard with it: a fenced ticket can no longer come,
    /// but it is settled only once every shard has answered. Until then "settled" means "applied" in every view.
    /// </remarks>
    /// <exception cref="InvalidDataException">The frame is damaged, or of another shard or ticket. Nothing was changed.</exception>
    public FenceReport Fence(int worker, int incarnationMin, long openTicket, long round = -1, ReadOnlySpan<byte> frame = default)
    {
        FenceReport report = openTicket < 0 ? default : ReportOf(worker, openTicket);
        if (!report.HadApplied && !frame.IsEmpty)
        {
            if (round > Version)
            {
                return FenceReport.Early;
            }

            report = Complete(openTicket, frame) ? ReportOf(worker, openTicket) : report;
        }

        if (worker >= 0)
        {
            _workers.Fence(worker, incarnationMin);
        }
        else if (report.HadApplied)
        {
            return report;
        }
        else if (round < Version)
        {
            SettleVoid(openTicket);
        }
        else
        {
            _refused[openTicket] = round;
        }

        return report;
    }

    // What a lost worker had begun to push; a fence does not keep it out, only a decision that it is void.
    private bool Complete(long ticket, ReadOnlySpan<byte> frame)
    {
        PushHeader header = PushFrame.ReadHeader(frame);
        if (header.Shard != Shard || header.Length != _slice.Length || header.Ticket != ticket)
        {
            throw new InvalidDataException(
                $"Kept frame is of ticket {header.Ticket} for shard {header.Shard} of {header.Length} coordinates, but shard {Shard} of " +
                $"{_slice.Length} was to complete ticket {ticket}.");
        }

        if (_tickets.Contains(ticket) || _refused.ContainsKey(ticket))
        {
            return false;
        }

        return Take(header, frame, refusal: null).Kind is PushOutcomeKind.Applied or PushOutcomeKind.Pending;
    }

    private PushOutcome ApplyNow(in PushHeader header, ReadOnlySpan<byte> payload)
    {
        FramePayload.Apply(_slice.Own(), header, payload);
        return Applied(header, payload);
    }

    // What follows once the update is in the slice.
    private PushOutcome Applied(in PushHeader header, ReadOnlySpan<byte> payload)
    {
        long delay = header.ShardIncarnation == Incarnation ? Math.Max(0, Version - header.ViewVersion) : 0;
        Settle(header);
        Version++;
        Note(header.Ticket, ShardEntryKind.Applied);
        RecordChange(header, payload);
        return new(PushOutcomeKind.Applied, delay, Version);
    }

    private FenceReport ReportOf(int worker, long ticket)
    {
        FenceReport kept = _round.Find(ticket);
        kept = kept.HadApplied ? kept : _applied.Find(ticket);
        if (kept.HadApplied)
        {
            return kept;
        }

        (long last, FenceReport report) = _workers.LastOf(worker);
        if (last == ticket)
        {
            return report;
        }

        // In rounds a settled ticket that fills no slot is void; asynchronous pushes are settled by being applied.
        bool isApplied = _servesRounds ? _inherited.Contains(ticket) : _tickets.Contains(ticket);
        return isApplied ? FenceReport.Unseen : default;
    }

    private PushOutcome KeepForRound(in PushHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.Round < Version)
        {
            // The slot was leased twice and the round is complete without this one: it is void.
            SettleVoid(header.Ticket);
            return new(PushOutcomeKind.Duplicate, 0, Version);
        }

        if (header.Round > Version)
        {
            return new(PushOutcomeKind.RoundAhead, 0, Version);
        }

        if (header.SlotCount > SlotsMax)
        {
            throw new InvalidDataException(
                $"Push frame says that round {header.Round} has {header.SlotCount} slots; a round has at most {SlotsMax}.");
        }

        if (_round.SlotCount is { } slotCount && slotCount != header.SlotCount)
        {
            throw new InvalidDataException(
                $"Push frame says that round {header.Round} has {header.SlotCount} slots, but an earlier one said {slotCount}.");
        }

        if (_round.Has(header.Slot))
        {
            // The same push again, or the slot was leased twice. Neither ticket is settled before the round is applied:
            // a life that ends now has nothing of it, and the next one must take what its worker offers again.
            _round.Decline(header);
            return new(PushOutcomeKind.Pending, 0, Version);
        }

        FramePayload.Validate(header.Kind, payload, header.EntryCount, header.Length);
        _servesRounds = true;
        _round.Add(header, payload);
        if (_round.Count < header.SlotCount)
        {
            return new(PushOutcomeKind.Pending, 0, Version);
        }

        ApplyRound(header.SlotCount);
        return new(PushOutcomeKind.Applied, 0, Version);
    }

    private void ApplyRound(int slotCount)
    {
        Version++;
        _applied.Open();
        for (int slot = 0; slot < slotCount; slot++)
        {
            ReadOnlySpan<byte> kept = _round.Payload(slot, out PushHeader contribution);
            FramePayload.SubtractFrom(_slice.Own(), contribution.Kind, kept, contribution.EntryCount);
            Settle(contribution);
            _applied.Add(contribution);
            Note(contribution.Ticket, slot + 1 < slotCount ? ShardEntryKind.AppliedInRound : ShardEntryKind.Applied);
            RecordChange(contribution, kept);
        }

        foreach (long ticket in _round.Declined)
        {
            SettleVoid(ticket);
        }

        _round.Clear();
        SettleRefused();
    }

    private void SettleRefused()
    {
        if (_refused.Count == 0)
        {
            return;
        }

        foreach (long ticket in _refused.Where(one => one.Value < Version).Select(one => one.Key).ToArray())
        {
            _refused.Remove(ticket);
            SettleVoid(ticket);
        }
    }

    // Asked again about a ticket that is settled, the shard says nothing new.
    private void SettleVoid(long ticket)
    {
        if (_tickets.Add(ticket))
        {
            Note(ticket, ShardEntryKind.Void);
        }
    }

    private void Note(long ticket, ShardEntryKind kind)
    {
        if (KeepsJournal)
        {
            _journal.Add(new(ticket, kind));
        }
    }

    private void Settle(in PushHeader header)
    {
        if (!_workers.IsFenced(header.Worker, header.Incarnation))
        {
            _workers.Record(
                header.Worker, header.Incarnation, header.Sequence, header.Ticket, AppliedRounds.ReportOf(header));
        }

        _tickets.Add(header.Ticket);
    }

    private void RecordChange(in PushHeader header, ReadOnlySpan<byte> payload)
    {
        if (FramePayload.IsSparse(header.Kind))
        {
            _changes.Record(Version, FramePayload.Indices(payload, header.EntryCount));
        }
        else if (header.Kind != PayloadKind.None)
        {
            _changes.RecordWhole(Version);
        }
    }
}
