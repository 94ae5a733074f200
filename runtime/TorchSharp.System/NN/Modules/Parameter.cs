using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>A tensor that a module trains.</summary>
public class Parameter : Tensor
{
    /// <summary>Takes over a tensor: <paramref name="data"/> has no storage any more afterwards.</summary>
    /// <param name="requires_grad">Whether backward makes a gradient for it.</param>
    public Parameter(Tensor data, bool requires_grad = true) : base(data.with_requires_grad(requires_grad).MoveHandle(), false)
    {
        if (data.OwningDisposeScope is not null)
            DisposeScope.ReplaceWith(data, this);
    }
}
