namespace OrleansSgd.Core.Consistency.Sketches;

/// <summary>Finds lost, doubled, torn or wrongly scaled updates of one shard without keeping any update.</summary>
/// <remarks>
/// <para>Sketches are linear: sketch(X now) must be sketch(X₀) − Σ sketch(applied). The audit keeps the right-hand side, r
/// doubles, and compares when asked.</para>
/// <para>Tolerance: subtracting in f32 rounds by at most half a unit in the last place, 2⁻²⁴·max|X| per coordinate
/// touched. Over n touches whose errors have random directions that makes √n·2⁻²⁴·max|X|; n touches that all round the same
/// way, as equal tiny updates do, make n times it, and outgrow any multiple of √n in the end: use <see cref="Advance"/> once a
/// minute or at each checkpoint, so that n stays small. The audit allows <see cref="RoundingFactor"/> times the first, plus the
/// rounding of sketches that travelled as f32. An update far below one unit in the last place cannot be seen: it does
/// not change the parameters either.</para>
/// <para>A sketch estimates a distance within a few times √(2 / r) of itself, so a real loss shows with near certainty when it is twice the
/// tolerance. Not thread-safe.</para>
/// </remarks>
public sealed class ConservationAudit
{
    /// <summary>
    /// Room over the random walk: 8 covers four standard deviations, and runs of updates that round the same way.
    /// </summary>
    public const double RoundingFactor = 8;

    private const double HalfUlp = 1.0 / (1 << 24);

    private readonly CountSketch _family;
    private readonly double[] _expected;
    private readonly double[] _scratch;
    private readonly int _length;
    private double _touches;
    private double _wireSquared;
    private double _largest;

    /// <param name="family">The shard's hash functions.</param>
    /// <param name="parameters">X₀, [shard length]; borrowed for the call.</param>
    public ConservationAudit(CountSketch family, ReadOnlySpan<float> parameters)
    {
        ArgumentNullException.ThrowIfNull(family);
        _family = family;
        _length = parameters.Length;
        _expected = new double[family.Width];
        _scratch = new double[family.Width];
        Restart(parameters);
    }

    /// <summary>Updates accounted for since the start.</summary>
    public long UpdateCount { get; private set; }

    /// <summary>Begins anew with these parameters, as after a restore.</summary>
    /// <param name="parameters">[shard length]; borrowed for the call.</param>
    public void Restart(ReadOnlySpan<float> parameters)
    {
        CheckLength(parameters);
        _expected.AsSpan().Clear();
        _family.Add(parameters, _expected);
        _touches = 0;
        _wireSquared = 0;
        _largest = LargestMagnitude(parameters);
        UpdateCount = 0;
    }

    /// <summary>The shard subtracted an update whose sketch travelled as f32.</summary>
    /// <param name="sketch">Sketch of the update, [r].</param>
    /// <param name="entryCount">Coordinates the update changed.</param>
    public void Applied(ReadOnlySpan<float> sketch, int entryCount) => Account(sketch, entryCount, -1);

    /// <summary>An update was added back, as when x is re-based by a lost one.</summary>
    /// <param name="sketch">Sketch of the update, [r].</param>
    /// <param name="entryCount">Coordinates the update changed.</param>
    public void AddedBack(ReadOnlySpan<float> sketch, int entryCount) => Account(sketch, entryCount, 1);

    /// <summary>Compares the shard with what it should be.</summary>
    /// <param name="parameters">X now, [shard length]; borrowed for the call.</param>
    public AuditOutcome Check(ReadOnlySpan<float> parameters)
    {
        CheckLength(parameters);
        _largest = Math.Max(_largest, LargestMagnitude(parameters));
        _expected.CopyTo(_scratch, 0);
        _family.Subtract(parameters, _scratch);
        double distance = Math.Sqrt(CountSketch.NormSquared(_scratch));
        double walk = RoundingFactor * HalfUlp * _largest * Math.Sqrt(_touches);
        double wire = RoundingFactor * HalfUlp * Math.Sqrt(_wireSquared);

        // The doubles of the sketches themselves round too: less than 2⁻⁴⁸ for each of d numbers as large as X.
        double doubles = HalfUlp * HalfUlp * _largest * _length;
        return new AuditOutcome(distance, walk + wire + doubles, UpdateCount);
    }

    /// <summary>Compares, and when the shard is clean begins anew from where it is.</summary>
    /// <param name="parameters">X now, [shard length]; borrowed for the call.</param>
    public AuditOutcome Advance(ReadOnlySpan<float> parameters)
    {
        AuditOutcome outcome = Check(parameters);
        if (outcome.IsClean)
        {
            Restart(parameters);
        }

        return outcome;
    }

    private static double LargestMagnitude(ReadOnlySpan<float> values) =>
        values.IsEmpty ? 0 : Math.Abs((double)System.Numerics.Tensors.TensorPrimitives.MaxMagnitude(values));

    private void Account(ReadOnlySpan<float> sketch, int entryCount, double sign)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(entryCount);
        if (sketch.Length != _expected.Length)
        {
            throw new ArgumentException($"The sketch has {sketch.Length} counters, this family {_expected.Length}.", nameof(sketch));
        }

        double squared = 0;
        for (int i = 0; i < sketch.Length; i++)
        {
            _expected[i] += sign * sketch[i];
            squared += (double)sketch[i] * sketch[i];
        }

        _touches += entryCount;
        _wireSquared += squared;
        UpdateCount++;
    }

    private void CheckLength(ReadOnlySpan<float> parameters)
    {
        if (parameters.Length != _length)
        {
            throw new ArgumentException($"The shard has {_length} parameters, but {parameters.Length} were given.", nameof(parameters));
        }
    }
}
