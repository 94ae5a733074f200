using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Samples;
using OrleansSgd.Grains.Compute;

namespace OrleansSgd.Grains.Jobs;

/// <summary>The statistics a model is evaluated with, measured at the very parameters that are evaluated.</summary>
/// <remarks>
/// Over the same training batches each time, as large as those of the run and never augmented: so they are a function of x and of the
/// run's seed, whichever workers came and went. docs/decisions/0008 has the reasons.
/// </remarks>
internal sealed class TrainingStatistics
{
    // Variances of a channel are then known to about a hundredth, in a forward pass over little of the data.
    private const int SamplesWanted = 2048;

    private readonly IModel _model;
    private readonly ISampleSource _samples;
    private readonly ComputePool _pool;
    private readonly int[] _rows;
    private readonly int _batch;

    /// <param name="batch">Samples of a batch of the run.</param>
    public TrainingStatistics(IModel model, ISampleSource samples, ComputePool pool, int batch, ulong seed)
    {
        _model = model;
        _samples = samples;
        _pool = pool;
        _batch = Math.Min(Math.Max(batch, 2), samples.Count);

        // Whole batches alone: each counts the same.
        int batches = AreNeeded && _batch >= 2 ? Math.Min((SamplesWanted + _batch - 1) / _batch, samples.Count / _batch) : 0;
        _rows = new int[batches * _batch];

        // Epochs count from 0, and the last permutation of all draws the samples of the loss.
        new SeededPermutation(samples.Count, seed, ulong.MaxValue - 1).Fill(0, _rows);
    }

    private bool AreNeeded => _model.Buffers.Count > 0;

    /// <summary>Measures; the same x gives the same bits.</summary>
    /// <param name="parameters">x, [d].</param>
    /// <returns>As <see cref="IModel.Buffers"/> lays it out; empty for a model that has none.</returns>
    public async Task<float[]> MeasureAsync(float[] parameters)
    {
        if (!AreNeeded)
        {
            return [];
        }

        using var session = (IStatisticsSession)await _pool.Run(() => _model.CreateSession(_batch));
        var batch = new SampleBatch();
        session.ResetStatistics();
        for (int start = 0; start < _rows.Length; start += _batch)
        {
            int first = start;

            // One task a batch, so that the workers of this silo get their turn in between.
            await _pool.Run(() =>
            {
                _samples.Read(_rows.AsSpan(first, _batch), batch);
                session.AccumulateStatistics(parameters, batch);
                return true;
            });
        }

        return session.Statistics.ToArray();
    }
}
