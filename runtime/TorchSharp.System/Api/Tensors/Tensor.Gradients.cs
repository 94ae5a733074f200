using TorchSharp.Engine;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>Whether operations on this tensor are recorded for <see cref="backward()"/>.</summary>
        public bool requires_grad
        {
            get => Native.grid_requires_grad(this) != 0;
            set => Native.Check(Native.grid_requires_grad_set(this, Native.Flag(value)));
        }

        public bool is_leaf => Native.grid_is_leaf(this) != 0;

        /// <summary>What backward added up, in the shape of the tensor; null before that. A new handle each time it is read.</summary>
        public Tensor? grad
        {
            get => Native.grid_grad(this) is var found and not 0 ? new Tensor(found) : null;
            set => Native.Check(Native.grid_grad_set(this, value));
        }

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public Tensor with_requires_grad(bool requires_grad = true) => requires_grad_(requires_grad);

        public void retain_grad() => Native.Check(Native.grid_retain_grad(this));

        public void backward() => autograd.backward([this]);

        public void backward(IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false,
            IList<Tensor>? inputs = null) => autograd.backward([this], grad_tensors, retain_graph, create_graph, inputs);
    }
}
