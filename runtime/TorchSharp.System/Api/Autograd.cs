using TorchSharp.Engine;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Nothing this thread computes until it is disposed is recorded for gradients.</summary>
    public static IDisposable no_grad() => new GradientMode(false);

    public static IDisposable enable_grad(bool enabled = true) => new GradientMode(enabled);

    public static IDisposable set_grad_enabled(bool mode = true) => new GradientMode(mode);

    public static bool is_grad_enabled() => Native.grid_grad_mode() != 0;

    /// <summary>As <see cref="no_grad"/>, and tensors made meanwhile can never take part in gradients.</summary>
    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);

    public static partial class autograd
    {
        /// <summary>The gradients of the outputs' sum in the inputs; an unused input has null when that is allowed.</summary>
        /// <exception cref="System.Runtime.InteropServices.ExternalException">libtorch refused; the message is its own.</exception>
        public static unsafe IList<Tensor> grad(IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor>? grad_outputs = null,
            bool retain_graph = false, bool create_graph = false, bool allow_unused = false)
        {
            nint[] from = Handles(outputs), to = Handles(inputs), seeds = Handles(grad_outputs);
            var found = Native.Take(
                Native.grid_gradients(from, from.Length, to, to.Length, seeds, seeds.Length, Native.Flag(retain_graph),
                    Native.Flag(create_graph), Native.Flag(allow_unused), out var count),
                count);
            GC.KeepAlive((outputs, inputs, grad_outputs));
            return found!;
        }

        /// <summary>Adds the gradients of the tensors' sum to <see cref="Tensor.grad"/> of the inputs, or of all leaves.</summary>
        public static void backward(IList<Tensor> tensors, IList<Tensor>? grad_tensors = null, bool? retain_graph = null,
            bool create_graph = false, IList<Tensor>? inputs = null)
        {
            nint[] from = Handles(tensors), seeds = Handles(grad_tensors), to = Handles(inputs);
            var retain = retain_graph is { } chosen ? Native.Flag(chosen) : -1;
            Native.Check(Native.grid_backward(from, from.Length, seeds, seeds.Length, retain, Native.Flag(create_graph), to, to.Length));
            GC.KeepAlive((tensors, grad_tensors, inputs));
        }

        public static void backward(Tensor tensor, IList<Tensor>? grad_tensors = null, bool? retain_graph = null,
            bool create_graph = false, IList<Tensor>? inputs = null) =>
            backward([tensor], grad_tensors, retain_graph, create_graph, inputs);

        public static void backward(Tensor tensor, Tensor grad_tensor, bool? retain_graph = null, bool create_graph = false,
            IList<Tensor>? inputs = null) => backward([tensor], [grad_tensor], retain_graph, create_graph, inputs);

        private static nint[] Handles(IList<Tensor>? tensors) => tensors is null ? [] : Native.Handles([.. tensors]);
    }

    /// <summary>Sets whether this thread records, and puts back what was.</summary>
    private sealed class GradientMode : IDisposable
    {
        private readonly int _before = Native.grid_grad_mode();
        private bool _over;

        public GradientMode(bool enabled) => Native.grid_grad_mode_set(Native.Flag(enabled));

        public void Dispose()
        {
            if (!_over)
            {
                _over = true;
                Native.grid_grad_mode_set(_before);
            }
        }
    }

    /// <summary>Must end on the thread it began on: libtorch keeps the mode for each thread.</summary>
    private sealed class InferenceMode(bool enabled) : IDisposable
    {
        private nint _mode = Native.grid_inference_begin(Native.Flag(enabled));

        public void Dispose()
        {
            if (_mode != 0)
            {
                Native.grid_inference_end(_mode);
                _mode = 0;
            }
        }
    }
}
