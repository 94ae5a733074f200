using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
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

    // One cache line of each 64 is sampled.
    private const int SampleRun = 16;
    private const int SampleStride = 64 * SampleRun;

    // Half as many again as expected in the sample, plus a few, so that a guess too high is rare.
    private const double RankFactor = 1.5;
    private const int RankMargin = 8;

    // A guess pays only when candidates are few: k is at most this part of d, and there is room for so many times k.
    private const int GuessShareMin = 4;
    private const int CandidateFactor = 3;

    // No finite magnitude reaches it.
    private const int NoGuess = int.MaxValue;

    private readonly int _countMax;

    // One longer than k: a place to write what may not be kept.
    private readonly int[] _selected;
    private readonly int[] _candidates;
    private readonly float[] _candidateValues;
    private readonly float[] _sample;
    private readonly int[] _histogram = new int[MagnitudeThreshold.HistogramLength];

    /// <param name="dimension">d, at least 1.</param>
    /// <param name="countMax">k, 1 .. d.</param>
    public LargestCoordinates(int dimension, int countMax)
    {
        _countMax = countMax;
        _selected = new int[countMax + 1];
        bool guesses = dimension >= SampleStride && countMax <= dimension / GuessShareMin;
        int candidateMax = guesses ? Math.Min(dimension, (CandidateFactor * countMax) + (2 * BlockLength)) : 0;
        _candidates = new int[candidateMax];
        _candidateValues = new float[candidateMax];
        _sample = new float[guesses ? dimension / SampleStride * SampleRun : 0];
    }

    /// <summary>The chosen coordinates, ascending.</summary>
    public ReadOnlySpan<int> Selected => _selected.AsSpan(0, Count);

    /// <summary>How many were chosen: k, or fewer when fewer are not zero.</summary>
    public int Count { get; private set; }

    /// <summary>Squared norm of the whole sum.</summary>
    public double NormSquared { get; private set; }

    /// <summary>Writes sum ← residual + rate · gradient and chooses its largest coordinates.</summary>
    /// <param name="gradient">[d].</param>
    /// <param name="rate">α.</param>
    /// <param name="residual">[d], or empty for none.</param>
    /// <param name="sum">[d]; overwritten whatever the answer is.</param>
    /// <returns>False when a sum is not finite; then the choice is the old one.</returns>
    public bool TrySelect(ReadOnlySpan<float> gradient, float rate, ReadOnlySpan<float> residual, Span<float> sum)
    {
        int guess = _sample.Length == 0 ? NoGuess : Guess(gradient, rate, residual);
        int candidateCount = 0;
        SquareSum all = default;
        for (int start = 0; start < sum.Length; start += BlockLength)
        {
            int length = Math.Min(BlockLength, sum.Length - start);
            ReadOnlySpan<float> block = UpdateSum.Add(gradient, rate, residual, sum, start, start + length);
            all.Add(block);
            if (candidateCount + length > _candidates.Length)
            {
                guess = NoGuess;
            }

            if (guess != NoGuess)
            {
                candidateCount = NoteAbove(block, guess, start, candidateCount);
            }
        }

        // Squares of finite f32 cannot overflow an f64, so a finite sum means finite values.
        if (!double.IsFinite(all.Total))
        {
            return false;
        }

        NormSquared = all.Total;

        // A guess of 1 notes everything that is not zero.
        bool candidatesHoldAll = guess != NoGuess && (candidateCount >= _countMax || guess == 1);
        Count = candidatesHoldAll ? ChooseAmong(sum, _candidates.AsSpan(0, candidateCount)) : ChooseAmongAll(sum);
        return true;
    }

    private int Guess(ReadOnlySpan<float> gradient, float rate, ReadOnlySpan<float> residual)
    {
        Span<float> sample = _sample;
        for (int run = 0; run * SampleRun < sample.Length; run++)
        {
            int start = run * SampleStride;
            UpdateSum.Add(
                gradient.Slice(start, SampleRun),
                rate,
                residual.IsEmpty ? [] : residual.Slice(start, SampleRun),
                sample.Slice(run * SampleRun, SampleRun));
        }

        int rank = (int)(RankFactor * _countMax * sample.Length / gradient.Length) + RankMargin;
        return Math.Max(MagnitudeThreshold.Find(sample, Math.Min(rank, sample.Length), _histogram).Bits, 1);
    }

    /// <summary>Appends the coordinates of a block whose magnitude bits are at least <paramref name="least"/>.</summary>
    private int NoteAbove(ReadOnlySpan<float> block, int least, int start, int count)
    {
        ReadOnlySpan<int> bits = MemoryMarshal.Cast<float, int>(block);
        Span<int> candidates = _candidates;
        int step = Vector256<int>.Count;
        Vector256<int> mask = Vector256.Create(FloatBits.MagnitudeMask);
        Vector256<int> below = Vector256.Create(least - 1);
        int i = 0;
        for (; i <= bits.Length - step; i += step)
        {
            Vector256<int> magnitudes = Vector256.Create(bits.Slice(i, step)) & mask;
            uint hits = Vector256.GreaterThan(magnitudes, below).ExtractMostSignificantBits();
            for (; hits != 0; hits &= hits - 1)
            {
                candidates[count++] = start + i + int.TrailingZeroCount((int)hits);
            }
        }

        for (; i < bits.Length; i++)
        {
            if ((bits[i] & FloatBits.MagnitudeMask) >= least)
            {
                candidates[count++] = start + i;
            }
        }

        return count;
    }

    private int ChooseAmong(ReadOnlySpan<float> sum, ReadOnlySpan<int> candidates)
    {
        Span<float> values = _candidateValues.AsSpan(0, candidates.Length);
        for (int i = 0; i < candidates.Length; i++)
        {
            values[i] = sum[candidates[i]];
        }

        MagnitudeThreshold threshold = MagnitudeThreshold.Find(values, _countMax, _histogram);
        Span<int> selected = _selected;
        int ties = threshold.TieCount;
        int count = 0;
        for (int i = 0; i < candidates.Length; i++)
        {
            // Written always, kept only when chosen: which are chosen cannot be predicted, so a branch would cost more.
            int magnitude = FloatBits.Magnitude(values[i]);
            int tie = magnitude == threshold.Bits && ties > 0 ? 1 : 0;
            selected[count] = candidates[i];
            count += (magnitude > threshold.Bits ? 1 : 0) | tie;
            ties -= tie;
        }

        return count;
    }

    private int ChooseAmongAll(ReadOnlySpan<float> sum)
    {
        MagnitudeThreshold threshold = MagnitudeThreshold.Find(sum, _countMax, _histogram);
        ReadOnlySpan<int> bits = MemoryMarshal.Cast<float, int>(sum);
        int step = Vector256<int>.Count;
        Vector256<int> mask = Vector256.Create(FloatBits.MagnitudeMask);
        Vector256<int> below = Vector256.Create(threshold.Bits - 1);
        int ties = threshold.TieCount;
        int count = 0;
        int i = 0;
        for (; i <= bits.Length - step; i += step)
        {
            Vector256<int> magnitudes = Vector256.Create(bits.Slice(i, step)) & mask;
            uint hits = Vector256.GreaterThan(magnitudes, below).ExtractMostSignificantBits();
            for (; hits != 0; hits &= hits - 1)
            {
                int index = i + int.TrailingZeroCount((int)hits);
                if ((bits[index] & FloatBits.MagnitudeMask) > threshold.Bits || ties-- > 0)
                {
                    _selected[count++] = index;
                }
            }
        }

        for (; i < bits.Length; i++)
        {
            int magnitude = bits[i] & FloatBits.MagnitudeMask;
            if (magnitude > threshold.Bits || (magnitude == threshold.Bits && ties-- > 0))
            {
                _selected[count++] = i;
            }
        }

        return count;
    }
}
