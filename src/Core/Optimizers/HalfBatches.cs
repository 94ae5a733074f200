using System.Numerics;
using OrleansSgd.Core.Frames;

namespace OrleansSgd.Core.Optimizers;

/// <summary>One batch gradient from those of its two halves, and what the halves say about its noise.</summary>
/// <remarks>
/// <para>With h and k samples, n = h + k, and variance S of a single sample's gradient: E‖g_a − g_b‖² = S/h + S/k = S·n / (h·k), and the batch's
/// σ² is S/n. So ‖g_a − g_b‖² · h·k / n² is an unbiased estimate of σ², whatever ∇f is. The ledger keeps four times that, which for
/// equal halves is ‖g_a − g_b‖² itself: a quarter of it is σ², for batches of odd length too.</para>
/// <para>A batch is drawn without replacement. That makes the halves differ more and the mean of all vary less, both by parts in the
/// number of samples: the estimate errs upwards.</para>
/// </remarks>
public static class HalfBatches
{
    // Read, written and summed while it is in the first-level cache.
    private const int BlockLength = 2048;

    /// <summary>Samples of the first half; the second has as many, or one more.</summary>
    /// <param name="count">n, at least 2.</param>
    public static int FirstCount(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2);
        return count / 2;
    }

    /// <summary>first ← the gradient of the whole batch, (h·g_a + k·g_b) / n.</summary>
    /// <param name="first">g_a, [d]; overwritten.</param>
    /// <param name="firstCount">h, at least 1.</param>
    /// <param name="second">g_b, [d].</param>
    /// <param name="secondCount">k, at least 1.</param>
    public static HalfBatchNorms Merge(Span<float> first, int firstCount, ReadOnlySpan<float> second, int secondCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(firstCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(secondCount, 1);
        if (first.Length != second.Length)
        {
            throw new ArgumentException($"The halves have {first.Length} and {second.Length} coordinates.", nameof(second));
        }

        double count = (double)firstCount + secondCount;
        float weight = (float)(secondCount / count);
        SquareSum whole = default;
        SquareSum difference = default;
        Span<float> room = stackalloc float[BlockLength];
        for (int start = 0; start < first.Length; start += BlockLength)
        {
            Span<float> block = first.Slice(start, Math.Min(BlockLength, first.Length - start));
            Span<float> apart = room[..block.Length];
            MergeBlock(block, second.Slice(start, block.Length), weight, apart);
            whole.Add(block);
            difference.Add(apart);
        }

        return new(whole.Total, difference.Total * 4 * firstCount * secondCount / (count * count));
    }

    // g_a + (k/n)(g_b − g_a): equal halves come out exactly as they are.
    private static void MergeBlock(Span<float> first, ReadOnlySpan<float> second, float weight, Span<float> apart)
    {
        int i = 0;
        for (; i <= first.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> a = new(first[i..]);
            Vector<float> difference = new Vector<float>(second[i..]) - a;
            difference.CopyTo(apart[i..]);
            (a + (weight * difference)).CopyTo(first[i..]);
        }

        for (; i < first.Length; i++)
        {
            float difference = second[i] - first[i];
            apart[i] = difference;
            float part = weight * difference;
            first[i] += part;
        }
    }
}

/// <summary>What two half-batches amount to.</summary>
/// <param name="GradientSquared">‖G‖² of the whole batch.</param>
/// <param name="HalfDifferenceSquared">Four times an unbiased estimate of the batch's σ².</param>
public readonly record struct HalfBatchNorms(double GradientSquared, double HalfDifferenceSquared);
