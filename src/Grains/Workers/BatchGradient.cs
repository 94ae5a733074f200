using OrleansSgd.Core.Samples;

namespace OrleansSgd.Grains.Workers;

/// <summary>Gradients over rows of the epoch's shuffled order: with whose scratch, and when to stop.</summary>
internal sealed class BatchGradient(IModel model, BatchReader reader, int batchMax, StepDeadline deadline) : IDisposable
{
    private readonly IGradientSession _session = model.CreateSession(batchMax);

    /// <summary>What computes them, and belongs to this.</summary>
    public IGradientSession Session => _session;

    /// <summary>d.</summary>
    public int Dimension => model.ParameterCount;

    /// <summary>Mean loss and gradient of the rows, whole whatever the time is.</summary>
    /// <param name="gradient">[d]; overwritten.</param>
    public BatchLoss Compute(ReadOnlySpan<float> point, EpochRows rows, Span<float> gradient) =>
        _session.Gradient(point, reader.Read(rows), gradient);

    /// <summary>As <see cref="Compute(ReadOnlySpan{float}, EpochRows, Span{float})"/>, but stops at the deadline.</summary>
    /// <param name="firstCoordinate">The gradient is whole from here on and 0 below.</param>
    public BatchLoss Compute(ReadOnlySpan<float> point, EpochRows rows, Span<float> gradient, out int firstCoordinate)
    {
        firstCoordinate = 0;
        return deadline.Exists && _session is ILayeredGradient layered
            ? layered.Gradient(point, reader.Read(rows), gradient, deadline.IsLate, out firstCoordinate)
            : Compute(point, rows, gradient);
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();
}
