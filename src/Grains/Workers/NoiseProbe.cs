using OrleansSgd.Core.Consistency.Estimates;
using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Optimizers;
using OrleansSgd.Core.Samples;

namespace OrleansSgd.Grains.Workers;

/// <summary>Computes a batch gradient as two halves now and then: the same work, and their difference measures the noise.</summary>
/// <param name="gradient">Computes each half.</param>
/// <param name="every">Every how many updates; the first few are measured too, so that there is an estimate from the start.</param>
internal sealed class NoiseProbe(BatchGradient gradient, int every)
{
    /// <summary>Updates of a worker that are measured whatever the plan says; a mean of eight has a confidence limit.</summary>
    public const int FirstCount = 8;

    // Long enough to average out one batch's luck, short beside an epoch.
    private const int WindowLength = 32;

    private readonly NoiseEstimate _noise = new(WindowLength);
    private readonly MovingEstimate _squared = new(WindowLength);
    private float[] _second = [];

    /// <summary>σ² of a batch gradient, lately; NaN before the first measurement.</summary>
    public double Noise => _noise.Recent;

    /// <summary>‖∇f‖² at the views, lately: ‖G‖² without its noise, 0 or more; NaN before the first measurement.</summary>
    public double GradientSquared => double.IsNaN(Noise) ? double.NaN : Math.Max(0, _squared.Mean - Noise);

    /// <summary>Whether the update is one to measure.</summary>
    /// <param name="number">Counts the worker's updates, or the run's rounds: there, whoever computes a slot gets the same bits.</param>
    /// <param name="rowCount">A single sample has no halves.</param>
    public bool IsDue(long number, int rowCount) => rowCount > 1 && (number < FirstCount || number % every == 0);

    /// <summary>Writes the gradient of the rows, and what its halves say into the record.</summary>
    /// <param name="result">[d]; overwritten.</param>
    /// <param name="firstCoordinate">The gradient is whole from here on and 0 below; then nothing is measured.</param>
    public BatchLoss Compute(
        ReadOnlySpan<float> point, EpochRows rows, Span<float> result, TicketRecord record, out int firstCoordinate)
    {
        if (_second.Length == 0)
        {
            _second = new float[gradient.Dimension];
        }

        int half = HalfBatches.FirstCount(rows.Length);
        BatchLoss first = gradient.Compute(point, rows[..half], result, out int firstFrom);
        BatchLoss second = gradient.Compute(point, rows[half..], _second, out int secondFrom);
        HalfBatchNorms norms = HalfBatches.Merge(result, half, _second, rows.Length - half);
        firstCoordinate = Math.Max(firstFrom, secondFrom);
        if (firstCoordinate > 0)
        {
            result[..firstCoordinate].Clear();
        }
        else if (double.IsFinite(norms.GradientSquared) && double.IsFinite(norms.HalfDifferenceSquared))
        {
            record.GradientNormSquared = norms.GradientSquared;
            record.HalfBatchDifferenceSquared = norms.HalfDifferenceSquared;
            _squared.Add(norms.GradientSquared);
            _noise.Add(norms.HalfDifferenceSquared);
        }

        return new BatchLoss(first.LossSum + second.LossSum, rows.Length, first.Correct + second.Correct);
    }
}
