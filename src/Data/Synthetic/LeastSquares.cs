using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Samples;
using OrleansSgd.Data.Sources;

namespace OrleansSgd.Data.Synthetic;

/// <summary>Regression whose loss has a chosen condition number and a minimum that can be computed exactly.</summary>
/// <remarks>
/// <para>G is [n, d] of independent normal numbers, GᵀG/n = l·lᵀ. The features are A = G·l⁻ᵀ·S·V: the columns of G·l⁻ᵀ are
/// orthonormal (times √n), V is a product of two random reflections, and S² runs evenly in the logarithm from 1 down to
/// 1/condition. So AᵀA/n = Vᵀ·S²·V: L = 1 and c = 1/condition, up to the rounding of A to float.</para>
/// <para>Targets are A·x + noise with x normal. <see cref="OptimumOf"/> computes x*, f*, L and c from the stored floats.</para>
/// </remarks>
internal static class LeastSquares
{
    public static DataSets Generate(SyntheticOptions options)
    {
        int d = options.FeatureCount;
        var random = new SeededRandom(options.Seed, SyntheticStreams.Truth);
        double[] truth = new double[d];
        for (int j = 0; j < d; j++)
        {
            truth[j] = random.NextGaussian();
        }

        double[] transform = Transform(options, random);
        DenseSource train = Draw(options, transform, truth, options.SampleCount, SyntheticStreams.Train, SyntheticStreams.TrainLabels);
        DenseSource? test = options.TestSampleCount == 0
            ? null
            : Draw(options, transform, truth, options.TestSampleCount, SyntheticStreams.Test, SyntheticStreams.TestLabels);
        return new(train, test, knownOptimum: () => OptimumOf(train));
    }

    /// <summary>The minimum of the mean of ½(a·x − y)² over dense samples.</summary>
    /// <returns>Null when the minimiser is not unique.</returns>
    public static KnownOptimum? OptimumOf(ISampleSource samples)
    {
        int d = samples.FeatureCount;
        double[] gram = new double[d * d];
        double[] moment = new double[d];
        double[] row = new double[d];
        ForEach(samples, (features, target) =>
        {
            Widen(features, row);
            AddOuterProduct(gram, row);
            FixedOrder.AddScaled(moment, target, row);
        });
        FixedOrder.Divide(moment, samples.Count);
        FixedOrder.Divide(gram, samples.Count);
        MirrorLower(gram, d);
        double[] factor = [.. gram];
        if (!SymmetricMatrix.TryCholesky(factor, d))
        {
            return null;
        }

        double[] x = moment;
        SymmetricMatrix.SolveLower(factor, d, x);
        SymmetricMatrix.SolveLowerTransposed(factor, d, x);
        double loss = 0;
        ForEach(samples, (features, target) =>
        {
            Widen(features, row);
            double error = FixedOrder.Dot(row, x) - target;
            loss += error * error / 2;
        });
        (double min, double max) = SymmetricMatrix.ExtremeEigenvalues(gram, d);
        return min > 0 ? new(x, loss / samples.Count, max, min) : null;
    }

    private delegate void Visit(ReadOnlySpan<float> features, float target);

    private static void ForEach(ISampleSource samples, Visit visit)
    {
        var batch = new SampleBatch();
        Span<int> one = stackalloc int[1];
        for (int i = 0; i < samples.Count; i++)
        {
            one[0] = i;
            samples.Read(one, batch);
            visit(batch.Dense, batch.Labels[0]);
        }
    }

    private static void Widen(ReadOnlySpan<float> narrow, double[] wide)
    {
        for (int j = 0; j < narrow.Length; j++)
        {
            wide[j] = narrow[j];
        }
    }

    // gram += row·rowᵀ, lower triangle.
    private static void AddOuterProduct(double[] gram, double[] row)
    {
        int d = row.Length;
        for (int i = 0; i < d; i++)
        {
            Span<double> target = gram.AsSpan(i * d, i + 1);
            FixedOrder.AddScaled(target, row[i], row.AsSpan(0, i + 1));
        }
    }

    private static void MirrorLower(double[] a, int d)
    {
        for (int i = 0; i < d; i++)
        {
            for (int j = 0; j < i; j++)
            {
                a[j * d + i] = a[i * d + j];
            }
        }
    }

    // l⁻ᵀ·S·V, [d, d].
    private static double[] Transform(SyntheticOptions options, SeededRandom random)
    {
        int d = options.FeatureCount;
        double[] factor = new double[d * d];
        double[] row = new double[d];
        var draws = new SeededRandom(options.Seed, SyntheticStreams.Train);
        for (int i = 0; i < options.SampleCount; i++)
        {
            FillGaussian(draws, row);
            AddOuterProduct(factor, row);
        }

        FixedOrder.Divide(factor, options.SampleCount);
        if (!SymmetricMatrix.TryCholesky(factor, d))
        {
            throw new InvalidOperationException(
                $"Seed {options.Seed} drew {options.SampleCount} dependent rows of {d} features; take another seed or more samples.");
        }

        double[] transform = Spectrum(options, random);
        double[] column = new double[d];
        for (int j = 0; j < d; j++)
        {
            for (int i = 0; i < d; i++)
            {
                column[i] = transform[i * d + j];
            }

            SymmetricMatrix.SolveLowerTransposed(factor, d, column);
            for (int i = 0; i < d; i++)
            {
                transform[i * d + j] = column[i];
            }
        }

        return transform;
    }

    // S·V: row i is sᵢ times row i of V.
    private static double[] Spectrum(SyntheticOptions options, SeededRandom random)
    {
        int d = options.FeatureCount;
        double[] matrix = new double[d * d];
        double[] first = Direction(random, d);
        double[] second = Direction(random, d);
        for (int i = 0; i < d; i++)
        {
            Span<double> row = matrix.AsSpan(i * d, d);
            row[i] = d == 1 ? 1 : Math.Pow(options.Condition, -0.5 * i / (d - 1));
            ReflectRow(row, first);
            ReflectRow(row, second);
        }

        return matrix;
    }

    private static double[] Direction(SeededRandom random, int d)
    {
        double[] direction = new double[d];
        FillGaussian(random, direction);
        FixedOrder.Divide(direction, Math.Sqrt(FixedOrder.Dot(direction, direction)));
        return direction;
    }

    private static void ReflectRow(Span<double> row, double[] direction)
    {
        double along = FixedOrder.Dot(row, direction);
        FixedOrder.AddScaled(row, -2 * along, direction);
    }

    private static DenseSource Draw(
        SyntheticOptions options, double[] transform, double[] truth, int count, ulong stream, ulong labelStream)
    {
        int d = options.FeatureCount;
        var draws = new SeededRandom(options.Seed, stream);
        var errors = new SeededRandom(options.Seed, labelStream);
        float[] features = new float[count * d];
        float[] targets = new float[count];
        double[] drawn = new double[d];
        double[] row = new double[d];
        for (int i = 0; i < count; i++)
        {
            FillGaussian(draws, drawn);
            Array.Clear(row);
            for (int j = 0; j < d; j++)
            {
                FixedOrder.AddScaled(row, drawn[j], transform.AsSpan(j * d, d));
            }

            for (int j = 0; j < d; j++)
            {
                features[i * d + j] = (float)row[j];
            }

            targets[i] = (float)(FixedOrder.Dot(row, truth) + options.Noise * errors.NextGaussian());
        }

        return new(features, targets, d, 0);
    }

    private static void FillGaussian(SeededRandom random, double[] values)
    {
        for (int j = 0; j < values.Length; j++)
        {
            values[j] = random.NextGaussian();
        }
    }
}
