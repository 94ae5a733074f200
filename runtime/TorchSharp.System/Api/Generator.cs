using TorchSharp.Engine;

namespace TorchSharp;

public static partial class torch
{
    public static Generator manual_seed(long seed) => Generator.Default.manual_seed(seed);

    public static long initial_seed() => Generator.Default.initial_seed();

    /// <summary>A source of chance. One thread at a time may draw from one.</summary>
    public class Generator : IDisposable
    {
        private nint _handle;

        public Generator(ulong seed = 0, Device? device = null)
            : this(Native.grid_generator_new(seed))
        {
        }

        private Generator(nint handle) => _handle = handle;

        ~Generator() => Free();

        /// <summary>The one that is used where none is named; the whole process shares it.</summary>
        public static Generator Default => new(Native.grid_generator_default());

        public nint Handle => _handle != 0 ? _handle : throw new InvalidOperationException("The generator has been disposed.");

        public Device device => CPU;

        public Generator manual_seed(long seed)
        {
            Native.grid_generator_seed(Handle, unchecked((ulong)seed));
            GC.KeepAlive(this);
            return this;
        }

        public long initial_seed()
        {
            var seed = unchecked((long)Native.grid_generator_initial_seed(Handle));
            GC.KeepAlive(this);
            return seed;
        }

        public void Dispose()
        {
            Free();
            GC.SuppressFinalize(this);
        }

        internal static nint HandleOf(Generator? generator) => generator?.Handle ?? 0;

        private void Free()
        {
            if (Interlocked.Exchange(ref _handle, 0) is var freed and not 0)
            {
                Native.grid_generator_free(freed);
            }
        }
    }
}
