using OrleansSgd.Certifier.Reading;

namespace OrleansSgd.Certifier.Replay;

/// <summary>Puts the logs and restores of all shards together.</summary>
internal static class ShardHistories
{
    /// <summary>One history per shard.</summary>
    /// <exception cref="InvalidDataException">A log is of a shard that the job does not have.</exception>
    public static ShardHistory[] Of(JobIndex job, SpanSource source, TicketWindow tickets, FindingList findings)
    {
        var starts = new SortedDictionary<int, RestoreEvent>[tickets.Shards];
        for (int shard = 0; shard < starts.Length; shard++)
        {
            starts[shard] = [];
        }

        foreach ((_, RestoreEvent restore) in job.Restores)
        {
            if (!starts[restore.Shard].TryAdd(restore.Incarnation, restore))
            {
                findings.Add(
                    FindingKind.Restore, restore.Watermark, restore.Shard,
                    $"Incarnation {restore.Incarnation} of shard {restore.Shard} begins twice.");
            }
        }

        foreach ((int shard, int incarnation) in job.Lives.Keys)
        {
            if (shard >= starts.Length)
            {
                throw new InvalidDataException($"Job {job.Job} has a log of shard {shard}, but only {starts.Length} shards.");
            }

            AddFirst(starts[shard], shard, incarnation, job.Resumptions, findings);
        }

        return [.. starts.Select((lives, shard) => History(job, source, tickets, findings, lives, shard))];
    }

    /// <summary>At the end of a completed run every shard's last log must be whole.</summary>
    /// <exception cref="InvalidDataException">One is missing or lacks its end; the message says what to give.</exception>
    public static void CheckEnds(ShardHistory[] shards, LedgerClosing closing)
    {
        for (int shard = 0; shard < shards.Length && closing.IsCompleted; shard++)
        {
            ShardLife last = shards[shard].Lives[^1];
            if (!last.IsWhole)
            {
                throw new InvalidDataException(
                    last.HasLog
                        ? $"The log of shard {shard}, incarnation {last.Incarnation} lacks its end, but the run completed; give the whole trace of its silo."
                        : $"There is no log of shard {shard}, incarnation {last.Incarnation}; give the trace of the silo it lived on too.");
            }
        }
    }

    // A life that no restore speaks of is the one the run began with; there can be one only, the lowest.
    // Others that a resumption went back behind count for nothing.
    private static void AddFirst(
        SortedDictionary<int, RestoreEvent> lives, int shard, int incarnation, List<(long, ResumeEvent Resume)> resumptions, FindingList findings)
    {
        if (lives.ContainsKey(incarnation))
        {
            return;
        }

        if (lives.Count == 0 || incarnation < lives.Keys.First())
        {
            lives.Add(incarnation, new RestoreEvent(shard, incarnation, 0, 0, [], [], []));
        }
        else if (!resumptions.Exists(one => incarnation <= one.Resume.LivesBefore))
        {
            findings.Add(
                FindingKind.Restore, -1, shard, $"Incarnation {incarnation} of shard {shard} has a log, but no restore says what it began with.");
        }
    }

    private static ShardHistory History(
        JobIndex job, SpanSource source, TicketWindow tickets, FindingList findings, SortedDictionary<int, RestoreEvent> lives, int shard)
    {
        if (lives.Count == 0 || job.Restores.Exists(one => one.Restore.Shard == shard && one.Restore.Incarnation == lives.Keys.First()))
        {
            AddFirst(lives, shard, lives.Count == 0 ? 0 : lives.Keys.First() - 1, job.Resumptions, findings);
        }

        return new ShardHistory(
            lives.Values.Select(start => new ShardLife(
                start,
                EndOf(start.Incarnation, job.Resumptions),
                job.Lives.TryGetValue((shard, start.Incarnation), out List<SpanAddress>? log)
                    ? new SpanChain(source, log, $"the log of shard {shard}, incarnation {start.Incarnation}")
                    : null,
                tickets,
                findings)),
            job.Resumptions.Count == 0 ? -1 : job.Resumptions.Max(static one => one.Resume.LivesBefore),
            keepsRounds: job.Opening!.KeepsRounds,
            tickets,
            findings);
    }

    // What a life did from here on was gone back behind.
    private static long EndOf(int incarnation, List<(long, ResumeEvent Resume)> resumptions)
    {
        foreach ((_, ResumeEvent resume) in resumptions)
        {
            if (incarnation <= resume.LivesBefore)
            {
                return resume.Ticket;
            }
        }

        return long.MaxValue;
    }
}
