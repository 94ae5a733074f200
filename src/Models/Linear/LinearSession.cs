using OrleansSgd.Core.Samples;
using OrleansSgd.Models.Kernels;

namespace OrleansSgd.Models.Linear;

/// <summary>Gradients of a <see cref="LinearModel{TLoss}"/>; reads each row once forward and once back.</summary>
internal sealed unsafe class LinearSession<TLoss> : IDescendingSession
    where TLoss : struct, IPointLoss
{
    private readonly LinearModel<TLoss> _model;
    private readonly float _l2;
    private readonly float[] _slopes;
    private SparseDescent<TLoss>? _walk;

    public LinearSession(LinearModel<TLoss> model, int batchMax)
    {
        _model = model;
        _l2 = (float)model.L2;
        _slopes = new float[batchMax];
    }

    public BatchLoss Gradient(ReadOnlySpan<float> parameters, SampleBatch batch, Span<float> gradient)
    {
        BatchCheck.ThrowUnlessGradient(gradient.Length, _model.ParameterCount);
        BatchLoss loss = Evaluate(parameters, batch);
        int featureCount = _model.FeatureCount;
        fixed (float* x = parameters, result = gradient, slopes = _slopes)
        {
            if (batch.IsSparse)
            {
                gradient.Clear();
                for (int row = 0; row < batch.Count; row++)
                {
                    Range entries = batch.RowStarts[row]..batch.RowStarts[row + 1];
                    SparseRows.AddScaled(slopes[row], batch.Indices[entries], batch.Values[entries], gradient);
                }
            }
            else
            {
                fixed (float* rows = batch.Dense)
                {
                    Gemm.Multiply(
                        1, featureCount, batch.Count, slopes, 0, 1, rows, featureCount, result, featureCount,
                        accumulate: false);
                }
            }

            if (_model.HasBias)
            {
                float sum = 0;
                foreach (float slope in _slopes.AsSpan(0, batch.Count))
                {
                    sum += slope;
                }

                result[featureCount] = sum;
            }

            if (_l2 != 0)
            {
                Reductions.AddScaled(_l2, x, result, _model.ParameterCount);
            }
        }

        return loss;
    }

    /// <summary>Also leaves slope / count of every sample in the scratch, where the gradient finds them.</summary>
    public BatchLoss Evaluate(ReadOnlySpan<float> parameters, SampleBatch batch)
    {
        BatchCheck.Throw(
            parameters.Length, _model.ParameterCount, batch, _model.FeatureCount, _slopes.Length, TLoss.ClassCount);
        int featureCount = _model.FeatureCount;
        int count = batch.Count;
        ReadOnlySpan<float> labels = batch.Labels;
        double lossSum = 0;
        int correct = 0;
        fixed (float* x = parameters, rows = batch.Dense)
        {
            float bias = _model.HasBias ? x[featureCount] : 0;
            for (int row = 0; row < count; row++)
            {
                float score = bias + (batch.IsSparse
                    ? SparseScore(batch, row, parameters)
                    : Reductions.Dot(rows + ((nint)row * featureCount), x, featureCount));
                (double loss, double slope) = TLoss.At(score, labels[row]);
                lossSum += loss;
                _slopes[row] = (float)(slope / count);
                correct += TLoss.ClassCount > 0 && (score > 0) == (labels[row] == 1) && !float.IsNaN(score) ? 1 : 0;
            }

            if (_l2 != 0)
            {
                lossSum += 0.5 * count * _l2 * Reductions.Dot(x, x, _model.ParameterCount);
            }
        }

        return new BatchLoss(lossSum, count, correct);
    }

    /// <summary>Rows without entries elsewhere move nothing elsewhere, unless a penalty does.</summary>
    public bool CanDescend(ISampleSource samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        return samples.Table is not null && _l2 == 0;
    }

    public BatchLoss Descend(Span<float> parameters, SparseTable table, ReadOnlySpan<int> rows, int batch, float rate)
    {
        ArgumentNullException.ThrowIfNull(table);
        BatchCheck.ThrowUnlessWalk(parameters.Length, _model.ParameterCount, table.FeatureCount, _model.FeatureCount);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        if (_l2 != 0)
        {
            throw new InvalidOperationException("With a penalty every step moves every parameter.");
        }

        batch = Math.Min(batch, rows.Length);
        _walk ??= new SparseDescent<TLoss>(_model.HasBias);
        double lossSum = 0;
        int correct = 0;
        for (int start = 0; start < rows.Length; start += batch)
        {
            BatchLoss step = _walk.Step(parameters, table, rows, start..Math.Min(start + batch, rows.Length), rate);
            lossSum += step.LossSum;
            correct += step.Correct;
        }

        return new BatchLoss(lossSum, rows.Length, correct);
    }

    public void Dispose()
    {
        // Nothing to free: the scratch belongs to the garbage collector.
    }

    private static float SparseScore(SampleBatch batch, int row, ReadOnlySpan<float> weights)
    {
        Range entries = batch.RowStarts[row]..batch.RowStarts[row + 1];
        return SparseRows.Dot(batch.Indices[entries], batch.Values[entries], weights);
    }
}
