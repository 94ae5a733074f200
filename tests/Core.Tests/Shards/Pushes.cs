using System.Runtime.InteropServices;
using OrleansSgd.Core.Frames;

namespace OrleansSgd.Core.Tests.Shards;

/// <summary>Push frames for tests: whole, and with every field that a test does not name at something harmless.</summary>
internal static class Pushes
{
    /// <summary>The header of worker 0's first asynchronous push to shard 0.</summary>
    public static PushHeader Header { get; } = new()
    {
        ShardIncarnation = 1,
        Incarnation = 1,
        Round = -1,
        SlotCount = 1,
        SampleCount = 1,
    };

    /// <summary>A frame with one value for every coordinate.</summary>
    public static byte[] Dense(PushHeader header, params float[] update)
    {
        byte[] frame = new byte[PushFrame.HeaderSize + (update.Length * sizeof(float))];
        MemoryMarshal.AsBytes(update.AsSpan()).CopyTo(frame.AsSpan(PushFrame.HeaderSize));
        PushFrame.WriteHeader(frame, header with
        {
            Kind = PayloadKind.Dense,
            Length = update.Length,
            EntryCount = update.Length,
            PayloadSize = frame.Length - PushFrame.HeaderSize,
        });
        return frame;
    }

    /// <summary>A frame with one value for every coordinate, and what they are all multiplied by.</summary>
    public static byte[] Scaled(PushHeader header, float scale, params float[] values)
    {
        byte[] payload = MemoryMarshal.AsBytes<float>([scale, .. values]).ToArray();
        byte[] frame = [.. new byte[PushFrame.HeaderSize], .. payload];
        PushFrame.WriteHeader(frame, header with
        {
            Kind = PayloadKind.DenseScaled,
            Length = values.Length,
            EntryCount = values.Length,
            PayloadSize = payload.Length,
        });
        return frame;
    }

    /// <summary>A frame with some coordinates of a shard of some length.</summary>
    public static byte[] Sparse(PushHeader header, int length, params (uint Index, float Value)[] entries)
    {
        byte[] frame = new byte[PushFrame.HeaderSize + (entries.Length * FramePayload.EntrySize)];
        uint[] indices = [.. entries.Select(entry => entry.Index)];
        float[] values = [.. entries.Select(entry => entry.Value)];
        MemoryMarshal.AsBytes(indices.AsSpan()).CopyTo(frame.AsSpan(PushFrame.HeaderSize));
        MemoryMarshal.AsBytes(values.AsSpan()).CopyTo(frame.AsSpan(PushFrame.HeaderSize + (indices.Length * sizeof(uint))));
        PushFrame.WriteHeader(frame, header with
        {
            Kind = entries.Length == 0 ? PayloadKind.None : PayloadKind.Sparse,
            Length = length,
            EntryCount = entries.Length,
            PayloadSize = frame.Length - PushFrame.HeaderSize,
        });
        return frame;
    }
}
