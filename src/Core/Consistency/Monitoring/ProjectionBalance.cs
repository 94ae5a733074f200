namespace OrleansSgd.Core.Consistency.Monitoring;

/// <summary>The parameters of a cut against those of an earlier one less every update in between, seen through one random vector per shard.</summary>
/// <remarks>
/// <para>A projection is linear: that of x at a cut is that of x at the cut before minus those of the slices applied since. A lost, doubled or
/// torn update, or one applied with another factor than the ledger was told, changes it by about its own norm.</para>
/// <para>Tolerance: a subtraction in f32 rounds by half a unit in the last place at most, 2⁻²⁴ of each coordinate touched; over n updates whose
/// errors have random directions that makes √n·2⁻²⁴·‖x‖. A projection itself is good to about 10⁻⁶ of the norm. Eight times both is
/// allowed. Each cut is held against the one before, so that n stays small.</para>
/// </remarks>
internal sealed class ProjectionBalance(int shardCount)
{
    private const double RoundingFactor = 8;
    private const double HalfUlp = 1.0 / (1 << 24);
    private const double ProjectionError = 1e-6;

    // Without measured norms: a projection is below a sixteenth of the norm one time in twenty, and then the other shards and cuts have larger ones.
    private const double NormFactor = 16;

    private readonly double[] _base = new double[shardCount];
    private double _largest;
    private long _updates;
    private double _squares;
    private bool _hasBase;

    /// <summary>Cuts that were compared.</summary>
    public long Count { get; private set; }

    /// <summary>‖x‖ as far as it is known; 0 before the first cut with projections.</summary>
    public double ParameterNorm { get; private set; }

    /// <summary>Compares a cut; answers what is wrong, as a sentence.</summary>
    /// <param name="cut">The cut.</param>
    /// <param name="applied">Σ of projections of all slices that x contains at the cut, by shard.</param>
    /// <param name="updates">Updates in x there.</param>
    /// <param name="squares">Σ of their squared norms.</param>
    public string? Check(in LossCut cut, ReadOnlySpan<double> applied, long updates, double squares)
    {
        if (cut.Projections.Length != shardCount)
        {
            return null;
        }

        foreach (double projection in cut.Projections)
        {
            _largest = Math.Max(_largest, Math.Abs(projection));
        }

        string? wrong = null;
        double normSquared = 0;
        for (int shard = 0; shard < shardCount; shard++)
        {
            double norm = cut.NormsSquared.Length == shardCount ? Math.Sqrt(cut.NormsSquared[shard]) : NormFactor * _largest;
            normSquared += norm * norm;
            if (_hasBase)
            {
                wrong ??= Compare(cut, shard, applied[shard], Math.Max(norm, ParameterNorm), updates - _updates, squares - _squares);
            }
        }

        ParameterNorm = Math.Sqrt(normSquared);
        Count += _hasBase ? 1 : 0;
        for (int shard = 0; shard < shardCount; shard++)
        {
            _base[shard] = cut.Projections[shard] + applied[shard];
        }

        (_updates, _squares, _hasBase) = (updates, squares, true);
        return wrong;
    }

    private string? Compare(in LossCut cut, int shard, double applied, double norm, long updates, double squares)
    {
        double difference = Math.Abs(_base[shard] - applied - cut.Projections[shard]);
        double tolerance = RoundingFactor * ((HalfUlp * Math.Sqrt(updates) * norm) + (ProjectionError * ((2 * norm) + Math.Sqrt(squares))));

        // NaN: an update was not measured, as one that is told for a dead worker; then there is nothing to compare.
        return !(difference > tolerance)
            ? null
            : $"Shard {shard} is off by {difference:g4} at ticket {cut.Ticket} from what the ledger says was applied; rounding explains {tolerance:g4}. An update " +
                "was lost, doubled or torn, or applied with another factor.";
    }
}
