using System.Runtime.InteropServices.Marshalling;
using TorchSharp.Engine;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A handle to a tensor of libtorch, freed when disposed, when its dispose scope ends, or by the collector.</summary>
    [NativeMarshalling(typeof(TensorMarshaller))]
    public partial class Tensor : IDisposable
    {
        internal nint handle;

        private static long _totalCount;
        private static long _peakCount;

        internal Tensor(nint handle, bool register = true)
        {
            this.handle = handle;
            var count = Interlocked.Increment(ref _totalCount);
            // Two threads at once may leave the lower of two peaks; it is for people to read.
            if (count > _peakCount)
            {
                _peakCount = count;
            }

            if (register)
            {
                DisposeScopeManager.ThreadSingleton.Register(this);
            }
        }

        ~Tensor() => Dispose(false);

        /// <summary>How many live tensors managed code holds in this process.</summary>
        public static long TotalCount => Interlocked.Read(ref _totalCount);

        public static long PeakCount => Interlocked.Read(ref _peakCount);

        public string? name { get; set; }

        /// <summary>True once disposed.</summary>
        public bool IsInvalid => handle == 0;

        /// <exception cref="InvalidOperationException">The tensor has been disposed.</exception>
        public nint Handle => handle != 0 ? handle : throw new InvalidOperationException("The tensor has been disposed.");

        internal DisposeScope? OwningDisposeScope { get; set; }

        internal int PlaceInScope { get; set; }

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        /// <summary>Hands the tensor to the scope around its own; without one it lives until somebody disposes it.</summary>
        public Tensor MoveToOuterDisposeScope()
        {
            OwningDisposeScope?.MoveToOuter(this);
            return this;
        }

        /// <summary>From now on the tensor lives until somebody disposes it.</summary>
        public Tensor DetachFromDisposeScope()
        {
            OwningDisposeScope?.Detach(this);
            return this;
        }

        public Tensor MoveToOtherDisposeScope(Tensor other) => MoveToOtherDisposeScope(other.OwningDisposeScope);

        public Tensor MoveToOtherDisposeScope(DisposeScope? other)
        {
            if (OwningDisposeScope is { } mine)
            {
                mine.MoveToOther(other, this);
            }
            else
            {
                other?.Attach(this);
            }

            return this;
        }

        /// <summary>Type and shape, such as <c>[2x3], type = Float32, device = cpu</c>.</summary>
        public override string ToString() => handle == 0 ? "" : $"[{string.Join('x', shape)}], type = {dtype}, device = {device}";

        /// <summary>The same tensor object; values are compared by <see cref="eq(Tensor)"/> and <see cref="allclose"/>.</summary>
        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

        public override bool Equals(object? obj) => obj is Tensor other && Equals(other);

        /// <summary>True when both have the same shape and the same numbers.</summary>
        public bool Equals(Tensor target) => ReferenceEquals(this, target)
            || (target is not null && shape.AsSpan().SequenceEqual(target.shape) && dtype == target.dtype && AllEqual(target));

        /// <summary>Frees the handle. A finaliser runs on another thread than the scope's, and only once the scope is gone too.</summary>
        protected virtual void Dispose(bool disposing)
        {
            var freed = handle;
            if (freed == 0)
            {
                return;
            }

            handle = 0;
            Interlocked.Decrement(ref _totalCount);
            if (disposing)
            {
                DisposeScopeManager.ThreadSingleton.CountDisposal(this);
                OwningDisposeScope?.Remove(this);
            }

            Native.grid_free(freed);
        }

        /// <summary>Gives the native tensor away; this object is empty afterwards.</summary>
        internal nint MoveHandle()
        {
            var moved = handle;
            handle = 0;
            if (moved != 0)
            {
                Interlocked.Decrement(ref _totalCount);
            }

            return moved;
        }

        private Tensor Done(int status)
        {
            Native.Check(status);
            return this;
        }

        private bool AllEqual(Tensor target)
        {
            using var same = eq(target);
            using var all = same.all();
            return all.ToBoolean();
        }
    }

    public static DisposeScope? CurrentDisposeScope => DisposeScopeManager.ThreadSingleton.CurrentDisposeScope;

    /// <summary>Opens a scope on this thread: tensors made from now on are disposed with it.</summary>
    public static DisposeScope NewDisposeScope() => DisposeScopeManager.ThreadSingleton.NewDisposeScope();
}
