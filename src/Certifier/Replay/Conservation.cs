using OrleansSgd.Certifier.Reading;

namespace OrleansSgd.Certifier.Replay;

/// <summary>Parameters at a cut must be those at the cut before, less the updates between them: checked on one random projection per shard.</summary>
/// <remarks>
/// A projection is linear, so what was lost, doubled, torn or scaled wrongly shows as a difference. Subtracting in f32 rounds each coordinate by
/// at most 2⁻²⁴ of its size; over n updates with errors in random directions the projection is off by √n·2⁻²⁴·‖x‖, and each update's own
/// projection by 10⁻⁶ of its norm. <see cref="Room"/> times that is allowed. ‖x‖ is not in the trace: 16 times the largest projection of any
/// shard so far stands in for it, since a projection is below a sixteenth of the norm one time in twenty.
/// A cut is measured before the last rows below it have come; a restore in between may stand on either side of it, and both are tried.
/// </remarks>
internal sealed class Conservation(int shards, FindingList findings)
{
    /// <summary>Four standard deviations, and weights of up to 2.</summary>
    private const double Room = 8;

    private const double NormFactor = 16;

    private const double HalfUlp = 1.0 / (1 << 24);
    private const double ProjectionError = 1e-6;

    private readonly List<List<TicketEntry>>[] _restores = [.. Enumerable.Range(0, shards).Select(static _ => new List<List<TicketEntry>>())];
    private readonly double[] _moved = new double[shards];
    private readonly double[] _late = new double[shards];
    private readonly double[] _squares = new double[shards];
    private double _largest;
    private LossCut? _last;
    private long _updateCount;

    /// <summary>What rounding of x in f32 can make of a distance; 0 before the first cut with projections.</summary>
    public double RoundingDistance => Room * HalfUlp * NormFactor * _largest * Math.Sqrt(shards);

    /// <summary>Stretches that could be checked.</summary>
    public int CheckedCount { get; private set; }

    /// <summary>A ticket was finalised.</summary>
    public void Add(TicketEntry entry)
    {
        if (entry.Row is not { } row)
        {
            return;
        }

        _updateCount++;
        for (int shard = 0; shard < shards; shard++)
        {
            ref readonly RowSlice slice = ref row.Slices[shard];
            if (entry.Fates[shard] == SliceFate.Applied)
            {
                Move(shard, slice, 1);
            }
        }
    }

    /// <summary>A shard lost slices: it has them no more.</summary>
    public void Lose(List<TicketEntry> lost, int shard)
    {
        foreach (TicketEntry entry in lost)
        {
            if (entry is { IsFinalised: true, Row: { } row })
            {
                Move(shard, row.Slices[shard], -1);
            }
        }

        if (_last is { Projections.Length: > 0 })
        {
            _restores[shard].Add(lost);
        }
    }

    /// <summary>Everything before a cut is finalised.</summary>
    public void Cut(LossCut cut)
    {
        for (int shard = 0; shard < cut.Projections.Length; shard++)
        {
            _largest = Math.Max(_largest, Math.Abs(cut.Projections[shard]));
        }

        for (int shard = 0; shard < cut.Projections.Length; shard++)
        {
            if (_last is { Projections.Length: > 0 } last)
            {
                Compare(last, cut, shard);
            }
            else
            {
                _restores[shard].Clear();
            }
        }

        CheckedCount += _last is { Projections.Length: > 0 } && cut.Projections.Length > 0 ? 1 : 0;
        _last = cut;
        _updateCount = 0;
        _squares.AsSpan().Clear();
        _late.CopyTo(_moved, 0);
        _late.AsSpan().Clear();
    }

    private void Compare(LossCut last, LossCut cut, int shard)
    {
        double difference = cut.Projections[shard] - (last.Projections[shard] - _moved[shard]);
        double rounding = Math.Sqrt(_updateCount + 1) * NormFactor * _largest;
        double tolerance = Room * ((HalfUlp * rounding) + (ProjectionError * Math.Sqrt(_squares[shard])));
        List<List<TicketEntry>> restores = _restores[shard];
        double late = 0;
        int first = restores.Count;
        while (first > 0 && Math.Abs(difference + late) > tolerance)
        {
            first--;
            late += Below(restores[first], cut.Ticket, shard);
        }

        // Those from the first late one on came after this cut, and perhaps after the next.
        restores.RemoveRange(0, first);
        if (Math.Abs(difference + late) <= tolerance)
        {
            _late[shard] = -late;
        }
        else if (!double.IsNaN(difference + late))
        {
            findings.Add(
                FindingKind.Conservation, last.Ticket, shard,
                $"Between tickets {last.Ticket} and {cut.Ticket} the projection of shard {shard} is off by {difference:g4}, more than rounding " +
                $"({tolerance:g2}): an update was lost, doubled, torn or scaled wrongly.");
        }
    }

    // What a restore took that x at a cut before it still had.
    private static double Below(List<TicketEntry> lost, long cut, int shard)
    {
        double sum = 0;
        foreach (TicketEntry entry in lost)
        {
            sum += entry.Ticket < cut && entry.Row is { } row && row.Slices[shard].Fate != SliceFate.Void ? Projection(row.Slices[shard]) : 0;
        }

        return sum;
    }

    // Nothing was measured where there was nothing to measure.
    private static double Projection(in RowSlice slice) => slice.NormSquared == 0 && double.IsNaN(slice.Projection) ? 0 : slice.Projection;

    private void Move(int shard, in RowSlice slice, int sign)
    {
        _moved[shard] += sign * Projection(slice);
        _squares[shard] += slice.NormSquared;
    }
}
