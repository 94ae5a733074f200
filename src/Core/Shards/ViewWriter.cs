using System.Runtime.InteropServices;
using OrleansSgd.Core.Frames;

namespace OrleansSgd.Core.Shards;

/// <summary>Lays out one view frame: header, ticket exceptions, then the whole slice or the changed coordinates.</summary>
internal static class ViewWriter
{
    public static int Write(
        in ViewHeader header, ReadOnlySpan<long> exceptions, ReadOnlySpan<float> parameters,
        ReadOnlySpan<uint> changed, Span<byte> frame)
    {
        ViewFrame.WriteHeader(frame, header);
        int offset = ViewFrame.HeaderSize;
        MemoryMarshal.AsBytes(exceptions).CopyTo(frame[offset..]);
        offset += exceptions.Length * sizeof(long);
        switch (header.Kind)
        {
            case PayloadKind.Dense:
                MemoryMarshal.AsBytes(parameters).CopyTo(frame[offset..]);
                break;
            case PayloadKind.Sparse:
                MemoryMarshal.AsBytes(changed).CopyTo(frame[offset..]);
                SparseLoops.Gather(parameters, changed, MemoryMarshal.Cast<byte, float>(
                    frame.Slice(offset + changed.Length * sizeof(uint), changed.Length * sizeof(float))));
                break;
        }

        return offset + header.PayloadSize;
    }
}
