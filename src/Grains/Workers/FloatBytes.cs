using System.Buffers;
using System.Runtime.InteropServices;

namespace OrleansSgd.Grains.Workers;

/// <summary>An array of floats seen as bytes, as calls carry them, without a copy. Little-endian, as frames are.</summary>
internal sealed class FloatBytes : MemoryManager<byte>
{
    private FloatBytes()
    {
    }

    /// <summary>The floats; memory that was given out before shows the array of now.</summary>
    public float[] Floats { get; set; } = [];

    /// <summary>No floats yet. Nobody needs to dispose of it: it holds managed memory alone.</summary>
    public static FloatBytes Create() => new();

    /// <inheritdoc/>
    public override Span<byte> GetSpan() => MemoryMarshal.AsBytes(Floats.AsSpan());

    /// <inheritdoc/>
    public override unsafe MemoryHandle Pin(int elementIndex = 0)
    {
        var handle = GCHandle.Alloc(Floats, GCHandleType.Pinned);
        return new MemoryHandle((byte*)handle.AddrOfPinnedObject() + elementIndex, handle);
    }

    /// <inheritdoc/>
    public override void Unpin()
    {
        // The handle of a pin frees itself.
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // Managed memory.
    }
}
