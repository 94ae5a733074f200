using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Normalises each channel by mean and variance: of the batch while training, of the running statistics otherwise.</summary>
/// <remarks>Without running statistics always of the batch. Ioffe and Szegedy, 2015.</remarks>
public abstract class BatchNorm : NormBase
{
    /// <inheritdoc/>
    protected BatchNorm(
        long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype, string name)
        : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, name)
    {
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        ValidateInputDimensions(input);
        var weightOfBatch = momentum ?? 0;
        if (training && track_running_stats && num_batches_tracked is not null)
        {
            num_batches_tracked.add_(1);
            weightOfBatch = momentum ?? 1.0 / num_batches_tracked.ToInt64();
        }
        var usesBatch = training || (running_mean is null && running_var is null);
        var usesRunning = !training || track_running_stats;
        return nn.functional.batch_norm(
            input, usesRunning ? running_mean : null, usesRunning ? running_var : null, weight, bias, usesBatch, weightOfBatch, eps);
    }
}

/// <summary>Batch normalisation of images [batch, channels, height, width].</summary>
public sealed class BatchNorm2d : BatchNorm
{
    internal BatchNorm2d(long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype)
        : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, nameof(BatchNorm2d))
    {
    }

    /// <inheritdoc/>
    protected override void ValidateInputDimensions(Tensor input)
    {
        if (input.ndim != 4)
            throw new ArgumentException($"expected 4D input, but got {input.ndim}D input.", nameof(input));
    }
}
