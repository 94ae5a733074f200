using System.Runtime.Intrinsics;

namespace OrleansSgd.Models.Kernels;

/// <summary>Softmax cross-entropy over logits that lie one sample a lane.</summary>
internal static unsafe class CrossEntropy
{
    private const int Lanes = 16;

    /// <summary>Turns logits into loss and, on request, into the gradient of the mean loss.</summary>
    /// <param name="logits">[classCount, stride]; column i is sample i. Overwritten by the gradient, if any.</param>
    /// <param name="classCount">Rows of <paramref name="logits"/>.</param>
    /// <param name="stride">A multiple of 16, at least the number of labels.</param>
    /// <param name="labels">Class numbers, checked by the caller.</param>
    /// <param name="batch">Samples of the whole batch, of which these may be a part.</param>
    /// <param name="withGradient">
    /// True writes (softmax − onehot) / batch, with zeros in the columns beyond the labels.
    /// </param>
    /// <returns>Loss sum, and samples whose first largest logit is their label's. NaN is never correct.</returns>
    public static (double LossSum, int Correct) Head(
        float* logits, int classCount, int stride, ReadOnlySpan<float> labels, int batch, bool withGradient)
    {
        double lossSum = 0;
        int correct = 0;
        float scale = 1f / batch;
        float* sums = stackalloc float[3 * Lanes];
        float* highs = sums + Lanes;
        float* bests = highs + Lanes;
        for (int first = 0; first < labels.Length; first += Lanes)
        {
            float* block = logits + first;
            Vector512<float> high = Highest(block, classCount, stride);
            high.Store(highs);
            FirstEqual(block, classCount, stride, high).Store(bests);
            int count = Math.Min(Lanes, labels.Length - first);
            for (int lane = 0; lane < count; lane++)
            {
                int label = (int)labels[first + lane];
                lossSum -= block[((nint)label * stride) + lane] - highs[lane];
                correct += bests[lane] == label ? 1 : 0;
            }

            ExponentialSum(block, classCount, stride, high, withGradient).Store(sums);
            for (int lane = 0; lane < count; lane++)
            {
                lossSum += Math.Log(sums[lane]);
            }

            if (withGradient)
            {
                Normalise(block, classCount, stride, sums, scale, count);
                for (int lane = 0; lane < count; lane++)
                {
                    block[((nint)(int)labels[first + lane] * stride) + lane] -= scale;
                }
            }
        }

        return (lossSum, correct);
    }

    private static Vector512<float> Highest(float* block, int classCount, nint stride)
    {
        Vector512<float> high = Vector512.Load(block);
        for (int c = 1; c < classCount; c++)
        {
            high = Vector512.Max(high, Vector512.Load(block + (c * stride)));
        }

        return high;
    }

    private static Vector512<float> FirstEqual(float* block, int classCount, nint stride, Vector512<float> high)
    {
        Vector512<float> best = Vector512.Create(-1f);
        for (int c = classCount - 1; c >= 0; c--)
        {
            best = Vector512.ConditionalSelect(
                Vector512.Equals(Vector512.Load(block + (c * stride)), high), Vector512.Create((float)c), best);
        }

        return best;
    }

    private static Vector512<float> ExponentialSum(
        float* block, int classCount, nint stride, Vector512<float> high, bool keep)
    {
        Vector512<float> sum = default;
        for (int c = 0; c < classCount; c++)
        {
            Vector512<float> power = Exponential.Of(Vector512.Load(block + (c * stride)) - high);
            sum += power;
            if (keep)
            {
                power.Store(block + (c * stride));
            }
        }

        return sum;
    }

    private static void Normalise(float* block, int classCount, nint stride, float* sums, float scale, int count)
    {
        Vector512<float> factor = Vector512.Create(scale) / Vector512.Load(sums);
        Vector512<float> isSample = Vector512.LessThan(
            Vector512<float>.Indices, Vector512.Create((float)count));
        for (int c = 0; c < classCount; c++)
        {
            // And, not multiply: 0 × NaN would leak a padding column into the sums.
            ((Vector512.Load(block + (c * stride)) * factor) & isSample).Store(block + (c * stride));
        }
    }
}
