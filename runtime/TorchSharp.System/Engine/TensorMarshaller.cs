using System.Runtime.InteropServices.Marshalling;

namespace TorchSharp.Engine;

/// <summary>How tensors cross to libtorch and back.</summary>
/// <remarks>
/// Without the hold on the tensor the collector may finalise it while libtorch still reads it: its last managed use is
/// the moment its handle is taken.
/// </remarks>
[CustomMarshaller(typeof(torch.Tensor), MarshalMode.ManagedToUnmanagedIn, typeof(In))]
[CustomMarshaller(typeof(torch.Tensor), MarshalMode.ManagedToUnmanagedOut, typeof(Out))]
internal static class TensorMarshaller
{
    public ref struct In
    {
        private torch.Tensor? _tensor;

        public void FromManaged(torch.Tensor? managed) => _tensor = managed;

        /// <exception cref="InvalidOperationException">The tensor has been disposed.</exception>
        public readonly nint ToUnmanaged() => _tensor?.Handle ?? 0;

        public readonly void Free() => GC.KeepAlive(_tensor);
    }

    public struct Out
    {
        private nint _handle;

        public void FromUnmanaged(nint unmanaged) => _handle = unmanaged;

        /// <exception cref="System.Runtime.InteropServices.ExternalException">The call failed; the message is libtorch's.</exception>
        public readonly torch.Tensor ToManaged() => _handle == 0 ? throw Native.Failure() : new torch.Tensor(_handle);

        public readonly void Free()
        {
        }
    }
}
