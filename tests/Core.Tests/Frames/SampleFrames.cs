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

    /// <summary>The first push in half the bytes.</summary>
    public static PushHeader DenseBfloat16Push { get; } = DensePush with { Kind = PayloadKind.DenseBfloat16, PayloadSize = 6 };

    /// <summary>The first push as a gradient and what it is to be multiplied by.</summary>
    public static PushHeader DenseScaledPush { get; } = DensePush with { Kind = PayloadKind.DenseScaled, PayloadSize = 16 };

    /// <summary>The second push in fewer bytes.</summary>
    public static PushHeader SparseBfloat16Push { get; } = SparsePush with { Kind = PayloadKind.SparseBfloat16, PayloadSize = 12 };

    /// <summary>Rounded to levels of three bits; the shard begins five coordinates into a bucket of eight.</summary>
    public static PushHeader LevelsPush { get; } = SparsePush with
    {
        Kind = PayloadKind.Levels,
        NormSquared = 5,
        Length = 11,
        EntryCount = 11,
        PayloadSize = 25,
    };

    /// <summary>Signs alone, in the same buckets.</summary>
    public static PushHeader SignsPush { get; } = LevelsPush with { Kind = PayloadKind.Signs, NormSquared = 1.25, PayloadSize = 22 };

    /// <summary>Signs with separate means and a mask, in the same buckets.</summary>
    public static PushHeader MaskedSignsPush { get; } = SignsPush with { NormSquared = 8.9375, PayloadSize = 32 };

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

    /// <summary>Values that bfloat16 has: the upper two bytes of each float.</summary>
    public static byte[] Bfloat16(params float[] values) => [.. values.SelectMany(value => BitConverter.GetBytes(value)[2..])];

    public static byte[] SparseBfloat16(uint[] indices, float[] values) => [.. MemoryMarshal.AsBytes(indices.AsSpan()), .. Bfloat16(values)];

    /// <summary>A payload of levels, bit by bit from its table: the model that the fast loops are held to.</summary>
    public static byte[] Levels(int bucket, int offset, int bits, float[] steps, int[] levels)
    {
        IEnumerable<bool> stream = levels.SelectMany(level => Enumerable.Range(0, bits).Select(bit => ((level >> bit) & 1) != 0));
        return [.. BucketHeader(bucket, offset, bits), .. Dense(steps), .. Plane([.. stream])];
    }

    /// <summary>A payload of signs from its table: 1, −1, or 0 for what is not sent; null for one scale a bucket.</summary>
    public static byte[] Signs(int bucket, int offset, float[] plus, float[]? minus, int[] signs, bool masked) =>
    [
        .. BucketHeader(bucket, offset, (minus is null ? 0 : 1) + (masked ? 2 : 0)),
        .. Dense(plus),
        .. Dense(minus ?? []),
        .. Plane([.. signs.Select(sign => sign < 0)]),
        .. masked ? Plane([.. signs.Select(sign => sign != 0)]) : [],
    ];

    /// <summary>What those levels mean: level × step of the bucket.</summary>
    public static float[] ValuesOfLevels(int bucket, int offset, float[] steps, int[] levels) =>
        [.. levels.Select((level, i) => level * steps[(offset + i) / bucket])];

    /// <summary>What those signs mean.</summary>
    public static float[] ValuesOfSigns(int bucket, int offset, float[] plus, float[]? minus, int[] signs) =>
    [
        .. signs.Select((sign, i) => sign switch
        {
            0 => 0,
            1 => plus[(offset + i) / bucket],
            _ => -(minus ?? plus)[(offset + i) / bucket],
        }),
    ];

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

    public static byte[] DenseScaledPushFrame() => Push(DenseScaledPush, Dense(0.125f, 4, -2, 16));

    public static byte[] SparsePushFrame() => Push(SparsePush, Sparse([2, 7], [1.5f, -1]));

    public static byte[] DenseBfloat16PushFrame() => Push(DenseBfloat16Push, Bfloat16(0.5f, -0.25f, 2));

    public static byte[] SparseBfloat16PushFrame() => Push(SparseBfloat16Push, SparseBfloat16([2, 7], [1.5f, -1]));

    public static byte[] LevelsPushFrame() =>
        Push(LevelsPush, Levels(8, 5, 3, [0.5f, 0.25f], [1, -2, 3, 0, 0, -3, 1, 2, -1, 0, 3]));

    public static byte[] SignsPushFrame() =>
        Push(SignsPush, Signs(8, 5, [0.5f, 0.25f], null, [1, -1, 1, 1, -1, -1, 1, 1, -1, 1, -1], masked: false));

    public static byte[] MaskedSignsPushFrame() =>
        Push(MaskedSignsPush, Signs(8, 5, [0.5f, 0.25f], [2, 1.5f], [1, -1, 0, 1, 0, -1, 0, 1, -1, 1, 0], masked: true));

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

    private static byte[] BucketHeader(int bucket, int offset, int form)
    {
        byte[] header = new byte[12];
        BinaryPrimitives.WriteInt32LittleEndian(header, bucket);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), offset);
        header[8] = (byte)form;
        return header;
    }

    private static byte[] Plane(bool[] bits)
    {
        byte[] plane = new byte[(bits.Length + 7) / 8];
        for (int i = 0; i < bits.Length; i++)
        {
            plane[i / 8] |= (byte)(bits[i] ? 1 << (i % 8) : 0);
        }

        return plane;
    }
}
