namespace OrleansSgd.Core.Workers;

/// <content>Synchronous runs: what the worker retains for shards that die, and how it finds out that one did.</content>
public sealed partial class WorkerMachine
{
    private readonly List<Retained> _retained = [];

    // An update that a new life of a shard may ask for, and how many of its pushes are under way for such lives.
    private sealed record Retained(long Sequence, long Round)
    {
        public int UnderWay { get; set; }
    }

    // A new life of a shard has nothing of what the last one kept for rounds that were not complete.
    private void Meet(int shard, int incarnation, long version)
    {
        if (incarnation == _incarnations[shard])
        {
            return;
        }

        _incarnations[shard] = incarnation;
        foreach (Retained update in _retained)
        {
            if (update.Round >= version)
            {
                update.UnderWay++;
                _commands.Enqueue(new(WorkerCommandKind.Push, shard, 0, update.Sequence));
            }
        }
    }

    private void Offered(long sequence)
    {
        if (_retained.Find(update => update.Sequence == sequence) is { } offered)
        {
            offered.UnderWay--;
            ReleaseUnneeded();
        }
    }

    // Before it idles, the worker asks every shard for its version and meets the new lives among them.
    private void Look()
    {
        _state = State.Looking;
        _open = _shardCount;
        for (int i = 0; i < _shardCount; i++)
        {
            _commands.Enqueue(new(WorkerCommandKind.Pull, (ShardOffset + i) % _shardCount));
        }
    }

    private void Looked()
    {
        ReleaseUnneeded();
        if (_isLast && _retained.Count == 0)
        {
            Stop(WorkerStopReason.Finished);
            return;
        }

        // The last round is not complete everywhere. The grid may have a slot of it to give, so it is asked again.
        _state = State.Leasing;
        Retry(new(WorkerCommandKind.Lease));
    }

    // A shard waits for a slot of an earlier round. Perhaps nobody else is free to compute it, so the grid is asked what comes
    // first.
    private void AskForEarlier()
    {
        Lease = Lease with { Id = -1 };
        _state = State.Leasing;
        Retry(new(WorkerCommandKind.Lease));
    }

    // An update that the view of every shard contains is in whatever a new life of a shard will start from.
    private void ReleaseUnneeded()
    {
        long version = _versions.Min();
        for (int i = 0; i < _retained.Count;)
        {
            if (_retained[i].Round < version && _retained[i].UnderWay == 0)
            {
                _commands.Enqueue(new(WorkerCommandKind.Release, -1, 0, _retained[i].Sequence));
                _retained.RemoveAt(i);
            }
            else
            {
                i++;
            }
        }
    }
}
