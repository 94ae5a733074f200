using OrleansSgd.Core.Shards;

namespace OrleansSgd.Telemetry.Ledger;

/// <summary>What one life of one shard has settled, in its order, on its way into the trace.</summary>
/// <remarks>
/// The shard writes it, not the coordinator: so exactly-once and views are checked against a second witness. Call <see cref="Flush"/> about
/// once a second. When nobody takes spans at its start, it does nothing for its whole life. One owner, not thread-safe.
/// </remarks>
public sealed class ShardTrace : IDisposable
{
    /// <summary>Bytes of entries at which a span is full.</summary>
    public const int ChunkSize = 32 * 1024;

    // The second lowest bit and the lowest of an entry.
    private const int KindBits = 2;

    private readonly LedgerChain? _chain;
    private readonly int _shard;
    private readonly int _incarnation;
    private readonly PackedBytes _entries = new(1024);
    private long _versionFirst;
    private long _version;
    private long _lastTicket;
    private int _count;

    private ShardTrace(LedgerChain? chain, int shard, int incarnation, long version)
    {
        _chain = chain;
        _shard = shard;
        _incarnation = incarnation;
        _versionFirst = _version = version;
        IsOn = chain is not null;
    }

    private enum Entry
    {
        Applied = 0,
        InRound = 1,
        Void = 2,
    }

    /// <summary>True when somebody took spans when this life began, and it has not ended.</summary>
    public bool IsOn { get; private set; }

    /// <summary>Begins the log of a shard's life.</summary>
    /// <param name="version">Updates the shard had applied when this life began.</param>
    public static ShardTrace Open(JobTrace job, int shard, int incarnation, long version)
    {
        ArgumentNullException.ThrowIfNull(job);
        return new ShardTrace(JobTrace.IsHeard ? new LedgerChain(job) : null, shard, incarnation, version);
    }

    /// <summary>The shard settled a ticket.</summary>
    public void Add(in ShardEntry entry)
    {
        switch (entry.Kind)
        {
            case ShardEntryKind.Applied:
                Applied(entry.Ticket);
                break;
            case ShardEntryKind.AppliedInRound when IsOn:
                Add(entry.Ticket, Entry.InRound);
                break;
            case ShardEntryKind.Void:
                Voided(entry.Ticket);
                break;
        }
    }

    /// <summary>The shard subtracted an update; its version is one higher.</summary>
    public void Applied(long ticket)
    {
        if (IsOn)
        {
            Add(ticket, Entry.Applied);
            _version++;
            FlushFull();
        }
    }

    /// <summary>The shard subtracted a round; its version is one higher.</summary>
    /// <param name="tickets">In the order in which they were added up; 1 or more.</param>
    public void AppliedInRound(ReadOnlySpan<long> tickets)
    {
        if (IsOn && !tickets.IsEmpty)
        {
            foreach (long ticket in tickets[..^1])
            {
                Add(ticket, Entry.InRound);
            }

            Applied(tickets[^1]);
        }
    }

    /// <summary>The shard was told that a ticket is void here.</summary>
    public void Voided(long ticket)
    {
        if (IsOn)
        {
            Add(ticket, Entry.Void);
            FlushFull();
        }
    }

    /// <summary>Hands on the entries that wait.</summary>
    public void Flush()
    {
        if (IsOn && _count > 0)
        {
            Write(isLast: false);
        }
    }

    /// <summary>The life ended in order: nothing is missing.</summary>
    public void Last()
    {
        if (IsOn)
        {
            Write(isLast: true);
            IsOn = false;
        }
    }

    /// <summary>Lets go of the log. Without <see cref="Last"/> before it, the end of this life is not in the trace.</summary>
    public void Dispose()
    {
        IsOn = false;
        _chain?.Dispose();
    }

    private void Add(long ticket, Entry kind)
    {
        _entries.Reserve(PackedBytes.VarintSizeMax);
        _entries.Unsigned((PackedBytes.ZigZag(ticket - _lastTicket) << KindBits) | (ulong)kind);
        _lastTicket = ticket;
        _count++;
    }

    // Never inside a round: a reader counts versions by whole rounds.
    private void FlushFull()
    {
        if (_entries.Length >= ChunkSize)
        {
            Write(isLast: false);
        }
    }

    private void Write(bool isLast)
    {
        LedgerChain chain = _chain!;
        bool isTaken = chain.Begin(TraceNames.LedgerApplied);
        chain.Add(TraceNames.Shard, _shard);
        chain.Add(TraceNames.Incarnation, _incarnation);
        chain.AddSequence();
        chain.Add(TraceNames.Version, _versionFirst);
        chain.Add(TraceNames.Count, _count);
        chain.Add(TraceNames.Entries, _entries.Span);
        chain.Add(TraceNames.IsLast, isLast);
        chain.End();
        _entries.Clear();
        _versionFirst = _version;
        _lastTicket = 0;
        _count = 0;
        IsOn = isTaken; // a log with a hole proves nothing
    }
}
