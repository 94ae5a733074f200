using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>A module that compares an output with a target.</summary>
public abstract class Loss<T1, T2, TResult> : nn.Module<T1, T2, TResult>
{
    /// <summary>A loss that sums, averages or does neither.</summary>
    protected Loss(nn.Reduction reduction = nn.Reduction.Mean) : base(nameof(Loss<T1, T2, TResult>))
    {
        this.reduction = reduction;
    }

    /// <summary>What becomes of the samples' losses.</summary>
    public nn.Reduction reduction { get; }
}

/// <summary>A loss with weights for the classes.</summary>
public abstract class WeightedLoss<T1, T2, TResult> : Loss<T1, T2, TResult>
{
    /// <summary>A loss with weights.</summary>
    protected WeightedLoss(Tensor? weight = null, nn.Reduction reduction = nn.Reduction.Mean) : base(reduction)
    {
        this.weight = weight;
    }

    /// <summary>Weights, [classes], or null.</summary>
    public Tensor? weight { get; }
}
