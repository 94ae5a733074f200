namespace OrleansSgd.Core.Samples;

/// <summary>A session whose gradient is computed layer by layer, the last first, and can be had in part.</summary>
/// <remarks>For rounds with a deadline: a straggler pushes the layers it has got to.</remarks>
public interface ILayeredGradient : IGradientSession
{
    /// <summary>As <see cref="IGradientSession.Gradient"/>, but stops before the next layer once it is late.</summary>
    /// <param name="isLate">Asked before each layer but the last, which is always computed.</param>
    /// <param name="firstCoordinate">The gradient is whole from here on and 0 below; 0 when all layers were computed.</param>
    /// <returns>The loss of the batch, which is always whole.</returns>
    BatchLoss Gradient(
        ReadOnlySpan<float> parameters, SampleBatch batch, Span<float> gradient, Func<bool> isLate, out int firstCoordinate);
}
