using OrleansSgd.Core.Consistency.Ledger;

namespace OrleansSgd.Core.Consistency.Metering;

/// <content>What shards lost for good.</content>
public sealed partial class ConsistencyMeter
{
    /// <summary>A shard came back without updates that x contained: x no longer contains them either.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="newIncarnation">Its new life; views of older lives may still contain what was lost.</param>
    /// <param name="lostTickets">What it lost for good; what will be pushed again is merely late and does not belong here.</param>
    public RebaseOutcome Rebase(int shard, int newIncarnation, ReadOnlySpan<long> lostTickets)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)shard, (uint)_options.ShardCount, nameof(shard));
        int lost = 0;
        int unknown = 0;
        double distance = 0;
        double projection = 0;
        double[] sum = [];
        bool sketched = true;
        foreach (long ticket in lostTickets)
        {
            if (ticket < _ring.Oldest || (ticket < NextTicket && _ring.Find(ticket) is not { HasRecord: true }) || !_ring.Reach(ticket))
            {
                unknown++;
                continue;
            }

            LedgerEntry entry = _ring.Open(ticket);
            ref SliceRecord slice = ref entry.Record.Slices[shard];
            if (slice.State == SliceState.Tombstoned)
            {
                continue;
            }

            // Views may contain it, and how large it was is not known before its record comes.
            unknown += slice.State == SliceState.Applied && !entry.HasRecord ? 1 : 0;
            double norm = Math.Sqrt(slice.NormSquared);
            ReadOnlySpan<float> sketch = entry.Record.Sketch(shard);
            entry.PendingCount -= slice.State == SliceState.Pending ? 1 : 0;
            entry.AwaitsRecord |= !entry.HasRecord;
            slice.State = SliceState.Tombstoned;
            _lost.Add(ticket, shard, newIncarnation, norm, sketch, NextTicket + _options.TicketsMax);

            // What is not finalised yet was no step of x so far: finalising it accounts for what is missing.
            if (ticket < NextTicket)
            {
                lost++;
                distance += norm;
                projection += slice.Projection;
                sketched &= !sketch.IsEmpty;
                AddTo(ref sum, sketch);
            }
        }

        double estimate = !sketched || lost == 0 ? double.NaN : Math.Sqrt(Sketches.CountSketch.NormSquared(sum));
        _projections[shard] -= unknown > 0 ? double.NaN : projection;
        return new RebaseOutcome(lost, unknown, distance, lost == 0 ? 0 : estimate, projection);
    }

    private static void AddTo(ref double[] sum, ReadOnlySpan<float> sketch)
    {
        if (sum.Length < sketch.Length)
        {
            Array.Resize(ref sum, sketch.Length);
        }

        for (int i = 0; i < sketch.Length; i++)
        {
            sum[i] += sketch[i];
        }
    }
}
