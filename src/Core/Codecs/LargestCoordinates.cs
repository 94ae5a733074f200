using OrleansSgd.Core.Frames;

namespace OrleansSgd.Core.Codecs;

/// <summary>Finds the k coordinates of largest magnitude, exactly and without sorting: O(d).</summary>
/// <remarks>
/// <para>A sample of the vector first gives a guess that should lie a little below the k-th largest magnitude. While the sum is
/// made, everything above the guess is noted; when at least k were noted, the k largest are among them, and selecting from
/// a few thousand candidates costs nothing next to the pass over d. A bad guess only costs time: then the whole vector
/// is selected from. The result never depends on the guess.</para>
/// <para>Ties go to the lower index, so the same vector always gives the same choice. Zeros are never chosen.</para>
/// </remarks>
internal sealed class LargestCoordinates
{
    private const int BlockLength = UpdateSum.BlockLength;

    // A sample is whole cache lines: one of each 64, and fewer of a long vector once enough of the k largest are expected in it.
    private const int SampleRun = 16;
    private const int SampleStrideMin = 64 * SampleRun;
    private const int SampleLengthMin = 32 * 1024;
    private const int SampledMin = 256;

    // Half as many again as expected in the sample, plus a few, so that a guess too high is rare.
    private const double RankFactor = 1.5;
    private const int RankMargin = 8;

    // A guess pays only when candidates are few: k is at most this part of d, and there is room for so many times k.
    private const int GuessShareMin = 4;
    private const int CandidateFactor = 3;

    private readonly int _countMax;
    private readonly CoordinateValues _selected;
    private readonly CoordinateValues _candidates;
    private readonly float[] _sample;
    private readonly int _sampleStride;
    private readonly int[] _histogram = new int[MagnitudeThreshold.HistogramLength];

    /// <param name="dimension">d, at least 1.</param>
    /// <param name="countMax">k, 1 .. d.</param>
    public LargestCoordinates(int dimension, int countMax)
    {
        _countMax = countMax;
        _selected = new(countMax);
        bool guesses = dimension >= SampleStrideMin && countMax <= dimension / GuessShareMin;
        _candidates = new(guesses ? Math.Min(dimension, (CandidateFactor * countMax) + (2 * BlockLength)) : 0);
        double wanted = Math.Max(SampleLengthMin, SampledMin * (double)dimension / countMax);
        _sampleStride = Math.Max(SampleStrideMin, (int)(dimension / wanted) * SampleRun);
        _sample = new float[guesses ? dimension / _sampleStride * SampleRun : 0];
    }

    /// <summary>The chosen coordinates, ascending.</summary>
    public ReadOnlySpan<int> Selected => _selected.Coordinates;

    /// <summary>The sum at each of them.</summary>
    public ReadOnlySpan<float> SelectedValues => _selected.Values;

    /// <summary>How many were chosen: k, or fewer when fewer are not zero.</summary>
    public int Count => _selected.Count;

    /// <summary>Squared norm of the whole sum.</summary>
    public double NormSquared { get; private set; }

    /// <summary>Writes sum ← residual + rate · gradient and chooses its largest coordinates.</summary>
    /// <param name="gradient">[d].</param>
    /// <param name="rate">α.</param>
    /// <param name="residual">[d], or empty for none.</param>
    /// <param name="sum">[d]; overwritten whatever the answer is; may be the gradient.</param>
    /// <returns>False when a sum is not finite; then the choice is the old one.</returns>
    public bool TrySelect(ReadOnlySpan<float> gradient, float rate, ReadOnlySpan<float> residual, Span<float> sum)
    {
        // Bits from 1 on: zeros are never noted.
        int above = _sample.Length == 0 ? NotingLoops.NothingIsAbove : Guess(gradient, rate, residual) - 1;
        _candidates.Count = 0;
        SquareSum all = default;
        for (int start = 0; start < sum.Length; start += BlockLength)
        {
            int end = Math.Min(start + BlockLength, sum.Length);
            if (_candidates.Count + (end - start) > _candidates.CountMax)
            {
                above = NotingLoops.NothingIsAbove;
            }

            NotingLoops.Add(
                gradient[start..end], rate, residual.IsEmpty ? [] : residual[start..end], sum[start..end], start, above, _candidates, ref all);
        }

        // Squares of finite f32 cannot overflow an f64, so a finite sum means finite values.
        if (!double.IsFinite(all.Total))
        {
            return false;
        }

        NormSquared = all.Total;

        // Above 0 everything is noted that can be chosen.
        if (above != NotingLoops.NothingIsAbove && (_candidates.Count >= _countMax || above == 0))
        {
            ReadOnlySpan<float> values = _candidates.Values;
            Choose(values, _candidates.Coordinates, above + 1, FloatBits.MagnitudeMax(values));
        }
        else
        {
            Choose(sum, [], 0, FloatBits.NonFinite - 1);
        }

        return true;
    }

    // Where there are no candidates there is nothing but zeros.
    private void Choose(ReadOnlySpan<float> values, ReadOnlySpan<int> coordinates, int bitsMin, int bitsMax) =>
        ChoosingLoops.Choose(values, coordinates, MagnitudeThreshold.Find(values, _countMax, _histogram, bitsMin, bitsMax), _selected);

    private int Guess(ReadOnlySpan<float> gradient, float rate, ReadOnlySpan<float> residual)
    {
        Span<float> sample = _sample;
        for (int run = 0; run * SampleRun < sample.Length; run++)
        {
            int start = run * _sampleStride;
            UpdateSum.Add(
                gradient.Slice(start, SampleRun),
                rate,
                residual.IsEmpty ? [] : residual.Slice(start, SampleRun),
                sample.Slice(run * SampleRun, SampleRun));
        }

        int rank = (int)(RankFactor * _countMax * sample.Length / gradient.Length) + RankMargin;
        int bits = MagnitudeThreshold.Find(sample, Math.Min(rank, sample.Length), _histogram, 0, FloatBits.MagnitudeMask).Bits;
        return Math.Clamp(bits, 1, FloatBits.NonFinite);
    }
}
