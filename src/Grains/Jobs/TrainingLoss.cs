using System.Numerics.Tensors;
using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Samples;
using OrleansSgd.Grains.Compute;

namespace OrleansSgd.Grains.Jobs;

/// <summary>The objective and its gradient at a cut, over the same training samples each time.</summary>
/// <remarks>
/// The samples are drawn once, without replacement, before training sees any of them; what the drawing leaves to chance is
/// in the standard error. With all samples there is none.
/// <para>A model with batch normalisation has another loss for every way of making batches. Workers descend the one over batches of
/// the run's size, each normalised by itself; so that is measured here, over whole batches, and never exactly.</para>
/// </remarks>
internal sealed class TrainingLoss : IDisposable
{
    // Enough chunks for an error of their mean, and large enough to compute well.
    private const int ChunkDefault = 64;

    private readonly IModel _model;
    private readonly ISampleSource _samples;
    private readonly ComputePool _pool;
    private readonly int[] _rows;
    private readonly int _chunk;

    private readonly Spare<Scratch> _scratch;

    /// <param name="batch">Samples of a batch of the run.</param>
    /// <param name="sampleCount">Samples to measure on; 0 for all.</param>
    public TrainingLoss(IModel model, ISampleSource samples, ComputePool pool, int batch, int sampleCount, ulong seed)
    {
        _model = model;
        _samples = samples;
        _pool = pool;
        bool isNormalised = model.Buffers.Count > 0;
        bool isOfAll = sampleCount == 0 || sampleCount >= samples.Count;
        IsExact = isOfAll && !isNormalised;
        int count = isOfAll ? samples.Count : sampleCount;
        _chunk = isNormalised ? Math.Min(batch, samples.Count) : ChunkDefault;
        _rows = new int[isNormalised ? Math.Max(1, count / _chunk) * _chunk : count];

        _scratch = new(() => new Scratch(_model, _chunk));

        // Epochs count from 0, so this permutation is no epoch's.
        new SeededPermutation(samples.Count, seed, ulong.MaxValue).Fill(0, _rows);
    }

    /// <summary>True when every sample is measured.</summary>
    public bool IsExact { get; }

    /// <summary>f, its standard error and ‖∇f‖² at x.</summary>
    /// <param name="parameters">x, [d].</param>
    public async Task<MeasuredLoss> MeasureAsync(float[] parameters)
    {
        double lossSum = 0;
        double squares = 0;
        int chunks = 0;
        Scratch? scratch = null;
        try
        {
            await _pool.RunInTurns(() =>
            {
                scratch ??= Clean();
                int start = chunks++ * _chunk;
                int count = Math.Min(_chunk, _rows.Length - start);
                _samples.Read(_rows.AsSpan(start, count), scratch.Batch);
                double loss = scratch.Session.Gradient(parameters, scratch.Batch, scratch.Gradient).LossSum;
                TensorPrimitives.MultiplyAdd(scratch.Gradient, (float)count / _rows.Length, scratch.Sum, scratch.Sum);
                lossSum += loss;
                squares += loss / count * (loss / count);
                return start + count < _rows.Length;
            });
        }
        catch
        {
            scratch?.Dispose();
            throw;
        }

        double gradientNormSquared = TensorPrimitives.SumOfSquares(scratch!.Sum);
        _scratch.Return(scratch);
        double mean = lossSum / _rows.Length;
        double variance = chunks > 1 ? Math.Max(0, (squares / chunks) - (mean * mean)) / (chunks - 1) : double.NaN;
        return new MeasuredLoss(mean, IsExact ? 0 : Math.Sqrt(variance), gradientNormSquared);
    }

    /// <inheritdoc/>
    public void Dispose() => _scratch.Dispose();

    private Scratch Clean()
    {
        Scratch scratch = _scratch.Take();
        Array.Clear(scratch.Sum);
        return scratch;
    }

    // Used again: where epochs last milliseconds, new memory each time is a share of the run.
    private sealed class Scratch(IModel model, int chunk) : IDisposable
    {
        public IGradientSession Session { get; } = model.CreateSession(chunk);

        public SampleBatch Batch { get; } = new() { TakesBytes = model.TakesBytes };

        public float[] Gradient { get; } = new float[model.ParameterCount];

        public float[] Sum { get; } = new float[model.ParameterCount];

        public void Dispose() => Session.Dispose();
    }
}

/// <summary>The objective at one point.</summary>
/// <param name="Loss">f.</param>
/// <param name="StandardError">Of f; 0 when every sample was measured, NaN when there were too few to tell.</param>
/// <param name="GradientNormSquared">‖∇f‖².</param>
internal readonly record struct MeasuredLoss(double Loss, double StandardError, double GradientNormSquared);
