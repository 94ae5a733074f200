using System.Text;
using TorchSharp.Engine;
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class jit
    {
        /// <summary>A module out of a TorchScript file; its parameters and buffers are the file's, by their names there.</summary>
        /// <remarks>One thread at a time. What comes back from forward is a tensor, or a tuple or list of tensors as an array.</remarks>
        public class ScriptModule : nn.Module
        {
            private nint _module;

            internal unsafe ScriptModule(nint module)
                : base(nameof(ScriptModule))
            {
                _module = module;
                var parameters = Native.grid_jit_parameters(module, out var count, out var names);
                foreach (var (name, tensor) in Named(parameters, count, names))
                {
                    // The handle moves into the parameter; it stays the file's own tensor.
                    register_parameter(name, new Parameter(tensor, tensor.requires_grad));
                }

                var buffers = Native.grid_jit_buffers(module, out count, out names);
                foreach (var (name, tensor) in Named(buffers, count, names))
                {
                    register_buffer(name, tensor);
                }
            }

            ~ScriptModule() => Dispose(false);

            public override bool training
            {
                get
                {
                    var answer = Native.grid_jit_is_training(Live);
                    GC.KeepAlive(this);
                    return answer >= 0 ? answer != 0 : throw Native.Failure();
                }
            }

            internal nint Live => _module != 0 ? _module : throw new ObjectDisposedException(nameof(ScriptModule));

            public override void train(bool train = true)
            {
                Native.Check(Native.grid_jit_train(Live, Native.Flag(train)));
                GC.KeepAlive(this);
            }

            public override void eval() => train(false);

            /// <summary>Runs the module's forward method on tensors.</summary>
            /// <exception cref="System.Runtime.InteropServices.ExternalException">libtorch refused; the message is its own.</exception>
            public object forward(params object[] input)
            {
                var tensors = new Tensor[input.Length];
                for (var i = 0; i < tensors.Length; i++)
                {
                    tensors[i] = input[i] as Tensor ?? throw new ArgumentException(
                        $"Argument {i} of forward is a {input[i]?.GetType().Name ?? "null"}; only tensors can be passed.");
                }

                return Forward(tensors);
            }

            public object call(params object[] input) => forward(input);

            internal unsafe object Forward(Tensor[] tensors)
            {
                var handles = Native.grid_jit_forward(Live, Native.Handles(tensors), tensors.Length, out var count, out var kind);
                GC.KeepAlive(this);
                GC.KeepAlive(tensors);
                var results = Native.TakeAll(handles, count);
                return kind == 0 ? results[0] : results;
            }

            protected override void Dispose(bool disposing)
            {
                if (Interlocked.Exchange(ref _module, 0) is var freed and not 0)
                {
                    Native.grid_jit_free(freed);
                }

                base.Dispose(disposing);
            }

            /// <summary>The names are one text, each ended by a zero byte.</summary>
            private static unsafe List<(string Name, Tensor Tensor)> Named(nint* handles, int count, byte* names)
            {
                var tensors = Native.TakeAll(handles, count);
                var list = new List<(string, Tensor)>(count);
                var next = names;
                foreach (var tensor in tensors)
                {
                    var name = new ReadOnlySpan<byte>(next, int.MaxValue);
                    name = name[..name.IndexOf((byte)0)];
                    list.Add((Encoding.UTF8.GetString(name), tensor.DetachFromDisposeScope()));
                    next += name.Length + 1;
                }

                Native.grid_text_free(names);
                return list;
            }
        }

        /// <summary>A module whose forward takes one tensor and gives one, or an array of them.</summary>
        public class ScriptModule<T, TResult> : ScriptModule, nn.IModule<T, TResult>
        {
            internal ScriptModule(nint module)
                : base(module)
            {
            }

            public TResult forward(T tensor) => (TResult)base.forward(tensor!);

            public TResult call(T input) => forward(input);
        }
    }
}
