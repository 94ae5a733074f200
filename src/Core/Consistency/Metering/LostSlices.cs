using OrleansSgd.Core.Consistency.Ledger;

namespace OrleansSgd.Core.Consistency.Metering;

/// <summary>Slices that a shard had applied and then lost for good, as long as a view can still contain them.</summary>
internal sealed class LostSlices
{
    private readonly List<Lost> _items = [];
    private readonly int[] _incarnationFloor;

    public LostSlices(int shardCount) => _incarnationFloor = new int[shardCount];

    public int Count => _items.Count;

    public void Add(long ticket, int shard, int newIncarnation, double norm, ReadOnlySpan<float> sketch, long dropAt) =>
        _items.Add(new Lost(ticket, shard, newIncarnation, norm, sketch.ToArray(), dropAt));

    /// <summary>True when the shard lost this ticket's slice.</summary>
    public bool Contains(long ticket, int shard) => _items.Exists(lost => lost.Ticket == ticket && lost.Shard == shard);

    /// <summary>The record of a ticket came after slices of it were lost: now their size is known.</summary>
    public void Tell(TicketRecord record)
    {
        for (int i = 0; i < _items.Count; i++)
        {
            Lost lost = _items[i];
            if (lost.Ticket == record.Ticket)
            {
                _items[i] = lost with
                {
                    Norm = Math.Sqrt(record.Slices[lost.Shard].NormSquared),
                    Sketch = record.Sketch(lost.Shard).ToArray(),
                };
            }
        }
    }

    /// <summary>Forgets what no accepted view can contain any more.</summary>
    public void Drop(long frontier)
    {
        for (int i = _items.Count - 1; i >= 0; i--)
        {
            Lost lost = _items[i];
            if (lost.DropAt <= frontier)
            {
                _incarnationFloor[lost.Shard] = Math.Max(_incarnationFloor[lost.Shard], lost.NewIncarnation);
                _items.RemoveAt(i);
            }
        }
    }

    /// <summary>True when a view is of a shard's life whose losses were forgotten.</summary>
    public bool IsForgotten(TicketRecord record)
    {
        for (int shard = 0; shard < record.ShardCount; shard++)
        {
            if (record.Slices[shard].ViewIncarnation < _incarnationFloor[shard])
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Adds norms and sketches of what the view contains and x no longer does.</summary>
    /// <param name="norms">Σ of norms by shard, [shards].</param>
    /// <param name="sketchSum">Σ of sketches, [shards × counters], or empty.</param>
    /// <param name="extra">Slices found.</param>
    /// <returns>False when one of them was not sketched although the sum is asked for.</returns>
    public bool AddExtras(TicketRecord record, Span<double> norms, Span<float> sketchSum, out int extra)
    {
        extra = 0;
        bool sketched = true;
        foreach (Lost lost in _items)
        {
            ref readonly SliceRecord slice = ref record.Slices[lost.Shard];
            if (slice.ViewIncarnation >= lost.NewIncarnation || !Contains(record, lost))
            {
                continue;
            }

            extra++;
            norms[lost.Shard] += lost.Norm;
            if (!sketchSum.IsEmpty)
            {
                int width = record.SketchWidth;
                sketched &= lost.Sketch.Length == width || lost.Norm == 0;
                Span<float> sum = sketchSum.Slice(lost.Shard * width, width);
                for (int i = 0; i < lost.Sketch.Length && i < width; i++)
                {
                    sum[i] -= lost.Sketch[i];
                }
            }
        }

        return sketched;
    }

    private static bool Contains(TicketRecord record, Lost lost) =>
        lost.Ticket < record.Slices[lost.Shard].ViewWatermark || record.Exceptions(lost.Shard).BinarySearch(lost.Ticket) >= 0;

    private sealed record Lost(long Ticket, int Shard, int NewIncarnation, double Norm, float[] Sketch, long DropAt);
}
