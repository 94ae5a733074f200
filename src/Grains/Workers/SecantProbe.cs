using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Optimizers;

namespace OrleansSgd.Grains.Workers;

/// <summary>Computes the gradient of one batch at two views now and then: how much it turned over how far is a lower bound of L.</summary>
/// <param name="gradient">Computes the second one.</param>
/// <param name="every">Every how many updates; 0 for never.</param>
internal sealed class SecantProbe(BatchGradient gradient, int every)
{
    private int[] _rows = [];
    private int _rowCount;
    private int _epoch;
    private float[] _point = [];
    private float[] _kept = [];
    private float[] _again = [];

    /// <summary>Whether the update is one to keep.</summary>
    /// <param name="number">Counts the worker's updates.</param>
    public bool IsDue(long number) => every > 0 && number % every == 0;

    /// <summary>Keeps a batch, its view and its gradient for the next update.</summary>
    public void Keep(EpochRows rows, ReadOnlySpan<float> point, ReadOnlySpan<float> computed)
    {
        if (_point.Length == 0)
        {
            _point = new float[gradient.Dimension];
            _kept = new float[gradient.Dimension];
            _again = new float[gradient.Dimension];
        }

        if (_rows.Length < rows.Length)
        {
            _rows = new int[rows.Length];
        }

        rows.Rows.CopyTo(_rows);
        _rowCount = rows.Length;
        _epoch = rows.Epoch;
        point.CopyTo(_point);
        computed.CopyTo(_kept);
    }

    /// <summary>Computes the batch kept, if any, at the present view and writes the secant into the record.</summary>
    public void Measure(ReadOnlySpan<float> point, TicketRecord record)
    {
        if (_rowCount == 0)
        {
            return;
        }

        gradient.Compute(point, new EpochRows(_epoch, _rows.AsSpan(0, _rowCount)), _again);
        _rowCount = 0;
        double distance = Math.Sqrt(GradientNorms.DistanceSquared(point, _point));
        double turned = Math.Sqrt(GradientNorms.DistanceSquared(_again, _kept));

        // The same point twice says nothing about L.
        if (distance > 0 && double.IsFinite(distance) && double.IsFinite(turned))
        {
            record.SecantDistance = distance;
            record.SecantGradient = turned;
        }
    }
}
