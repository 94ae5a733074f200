using System.Buffers.Binary;
using System.Runtime.InteropServices;
using OrleansSgd.Core.Frames;

namespace OrleansSgd.Core.Tests.Frames;

/// <summary>The frames whose bytes docs/wire-format.md shows, and tools to damage any frame.</summary>
internal static class SampleFrames
{
    /// <summary>Worker 3 pushes (0.5, −0.25, 2) to shard 1 in round 41.</summary>
    public static PushHeader DensePush { get; } = new()
    {
        Kind = PayloadKind.Dense,
        Shard = 1,
        ShardIncarnation = 2,
        Worker = 3,
        Incarnation = 4,
        Sequence = 5,
        Ticket = 600,
        Round = 41,
        Slot = 3,
        SlotCount = 8,
        ViewVersion = 40,
        Rate = 0.125f,
        SampleCount = 64,
        NormSquared = 4.3125,
        Length = 3,
        EntryCount = 3,
        PayloadSize = 12,
    };

    /// <summary>The same worker pushes two of ten coordinates, asynchronously.</summary>
    public static PushHeader SparsePush { get; } = DensePush with
    {
        Kind = PayloadKind.Sparse,
        Round = -1,
        Slot = 0,
        SlotCount = 1,
        NormSquared = 3.25,
        Length = 10,
        EntryCount = 2,
        PayloadSize = 16,
    };

    /// <summary>A push that happens to have nothing for this shard.</summary>
    public static PushHeader EmptyPush { get; } = SparsePush with { Kind = PayloadKind.None, NormSquared = 0, EntryCount = 0, PayloadSize = 0 };

    /// <summary>Shard 1 answers with two changed coordinates; tickets 0 .. 599 and 601, 605 are in them.</summary>
    public static ViewHeader SparseView { get; } = new()
    {
        Kind = PayloadKind.Sparse,
        Outcome = 0,
        Shard = 1,
        ShardIncarnation = 2,
        Version = 43,
        Delay = 3,
        TicketWatermark = 599,
        ExceptionCount = 2,
        Length = 10,
        EntryCount = 2,
        PayloadSize = 16,
    };

    /// <summary>A shard that nobody has pushed to answers a first pull.</summary>
    public static ViewHeader DenseView { get; } = new()
    {
        Kind = PayloadKind.Dense,
        Delay = -1,
        TicketWatermark = -1,
        Length = 3,
        EntryCount = 3,
        PayloadSize = 12,
    };

    public static long[] Exceptions { get; } = [601, 605];

    public static byte[] Dense(params float[] values) => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    public static byte[] Sparse(uint[] indices, float[] values) =>
        [.. MemoryMarshal.AsBytes(indices.AsSpan()), .. MemoryMarshal.AsBytes(values.AsSpan())];

    public static byte[] Push(PushHeader header, byte[] payload)
    {
        byte[] frame = new byte[PushFrame.HeaderSize + payload.Length];
        PushFrame.WriteHeader(frame, header);
        payload.CopyTo(frame, PushFrame.HeaderSize);
        return frame;
    }

    public static byte[] View(ViewHeader header, long[] exceptions, byte[] payload)
    {
        byte[] frame = new byte[ViewFrame.SizeOf(exceptions.Length, payload.Length)];
        ViewFrame.WriteHeader(frame, header);
        ViewFrame.WriteExceptions(frame, exceptions);
        payload.CopyTo(frame, frame.Length - payload.Length);
        return frame;
    }

    public static byte[] DensePushFrame() => Push(DensePush, Dense(0.5f, -0.25f, 2));

    public static byte[] SparsePushFrame() => Push(SparsePush, Sparse([2, 7], [1.5f, -1]));

    public static byte[] SparseViewFrame() => View(SparseView, Exceptions, Sparse([0, 9], [0.75f, -3]));

    public static byte[] DenseViewFrame() => View(DenseView, [], Dense(0.5f, -0.25f, 2));

    /// <summary>Gives a changed header the checksum that belongs to it.</summary>
    public static byte[] Resealed(byte[] frame, int headerSize)
    {
        if (frame.Length >= headerSize)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(
                frame.AsSpan(headerSize - sizeof(uint)), Crc32CByTheBook(frame.AsSpan(0, headerSize - sizeof(uint))));
        }

        return frame;
    }

    /// <summary>The checksum from its definition, bit by bit: the model that the processor's instruction is held to.</summary>
    public static uint Crc32CByTheBook(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte one in bytes)
        {
            crc ^= one;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0x82F6_3B78;
            }
        }

        return ~crc;
    }
}
