using OrleansSgd.Core.Samples;

namespace OrleansSgd.Models.Kernels;

/// <summary>Products with sparse rows, one fused multiply-add an entry in ascending order.</summary>
/// <remarks>
/// <see cref="Forward"/> and <see cref="Backward"/> run the chains of <see cref="Gemm"/> and leave out the terms with
/// zeros, so that finite parameters give the same bits from a sparse batch as from the dense one.
/// </remarks>
internal static unsafe class SparseRows
{
    /// <summary>x·w for one row.</summary>
    public static float Dot(ReadOnlySpan<int> indices, ReadOnlySpan<float> values, ReadOnlySpan<float> weights)
    {
        float sum = 0;
        for (int e = 0; e < indices.Length; e++)
        {
            sum = MathF.FusedMultiplyAdd(weights[indices[e]], values[e], sum);
        }

        return sum;
    }

    /// <summary>target ← target + scale·x for one row.</summary>
    public static void AddScaled(
        float scale, ReadOnlySpan<int> indices, ReadOnlySpan<float> values, Span<float> target)
    {
        for (int e = 0; e < indices.Length; e++)
        {
            ref float coordinate = ref target[indices[e]];
            coordinate = MathF.FusedMultiplyAdd(scale, values[e], coordinate);
        }
    }

    /// <summary>C[o, i] ← C[o, i] + Σₑ W[o, index] · value over the entries of row i.</summary>
    /// <param name="weights">[outputCount, features] row-major.</param>
    /// <param name="outputCount">Rows of <paramref name="weights"/> and <paramref name="c"/>.</param>
    /// <param name="batch">Sparse, checked.</param>
    /// <param name="c">[outputCount, stride].</param>
    /// <param name="stride">Floats from row to row of <paramref name="c"/>.</param>
    public static void Forward(
        ReadOnlySpan<float> weights, int outputCount, SampleBatch batch, float* c, nint stride)
    {
        int featureCount = batch.FeatureCount;
        ReadOnlySpan<int> starts = batch.RowStarts;
        for (int row = 0; row < batch.Count; row++)
        {
            ReadOnlySpan<int> indices = batch.Indices[starts[row]..starts[row + 1]];
            ReadOnlySpan<float> values = batch.Values[starts[row]..starts[row + 1]];
            int output = 0;
            for (; output <= outputCount - 4; output += 4)
            {
                // Four chains at once: one alone waits four cycles for each sum.
                ReadOnlySpan<float> w0 = weights.Slice(output * featureCount, featureCount);
                ReadOnlySpan<float> w1 = weights.Slice((output + 1) * featureCount, featureCount);
                ReadOnlySpan<float> w2 = weights.Slice((output + 2) * featureCount, featureCount);
                ReadOnlySpan<float> w3 = weights.Slice((output + 3) * featureCount, featureCount);
                float* target = c + (output * stride) + row;
                float s0 = target[0], s1 = target[stride], s2 = target[2 * stride], s3 = target[3 * stride];
                for (int e = 0; e < indices.Length; e++)
                {
                    int index = indices[e];
                    float value = values[e];
                    s0 = MathF.FusedMultiplyAdd(w0[index], value, s0);
                    s1 = MathF.FusedMultiplyAdd(w1[index], value, s1);
                    s2 = MathF.FusedMultiplyAdd(w2[index], value, s2);
                    s3 = MathF.FusedMultiplyAdd(w3[index], value, s3);
                }

                target[0] = s0;
                target[stride] = s1;
                target[2 * stride] = s2;
                target[3 * stride] = s3;
            }

            for (; output < outputCount; output++)
            {
                ReadOnlySpan<float> w = weights.Slice(output * featureCount, featureCount);
                float sum = c[(output * stride) + row];
                for (int e = 0; e < indices.Length; e++)
                {
                    sum = MathF.FusedMultiplyAdd(w[indices[e]], values[e], sum);
                }

                c[(output * stride) + row] = sum;
            }
        }
    }

    /// <summary>W′[o, :] ← Σᵢ G[o, i] · row i.</summary>
    /// <param name="g">[outputCount, stride].</param>
    /// <param name="outputCount">Rows of <paramref name="g"/> and <paramref name="gradient"/>.</param>
    /// <param name="stride">Floats from row to row of <paramref name="g"/>.</param>
    /// <param name="batch">Sparse, checked.</param>
    /// <param name="gradient">[outputCount, features] row-major; overwritten.</param>
    public static void Backward(float* g, int outputCount, nint stride, SampleBatch batch, Span<float> gradient)
    {
        gradient.Clear();
        ReadOnlySpan<int> starts = batch.RowStarts;
        for (int output = 0; output < outputCount; output++)
        {
            Span<float> target = gradient.Slice(output * batch.FeatureCount, batch.FeatureCount);
            for (int row = 0; row < batch.Count; row++)
            {
                AddScaled(
                    g[(output * stride) + row],
                    batch.Indices[starts[row]..starts[row + 1]],
                    batch.Values[starts[row]..starts[row + 1]],
                    target);
            }
        }
    }
}
