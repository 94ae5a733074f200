using System.Buffers.Binary;

namespace OrleansSgd.Core.Frames;

/// <summary>The values inside a frame: checked, subtracted from the parameters, or copied into a view.</summary>
/// <remarks>
/// <para>Dense is [length] f32. Sparse is [entryCount] u32 indices within the shard, strictly ascending, then [entryCount] f32
/// values; indices and values lie apart so that both load as vectors. Both come with bfloat16 values too. None is no bytes. Levels and
/// signs are values rounded to few bits; every coordinate has one, so their entry count is the shard's length. Scaled is dense values
/// and what they are still to be multiplied by; they may travel beside the frame, in memory that their sender computed them in.</para>
/// <para>Offsets in messages count from the first byte of the payload.</para>
/// </remarks>
public static class FramePayload
{
    // Decoded and used while it is in the first-level cache; a multiple of what a sum of squares adds side by side.
    private const int BlockLength = 1024;

    /// <summary>Bytes of one value.</summary>
    public const int ValueSize = sizeof(float);

    /// <summary>Bytes of one sparse entry, index and value.</summary>
    public const int EntrySize = sizeof(uint) + ValueSize;

    /// <summary>Bytes of the scale that a scaled payload begins with.</summary>
    public const int ScaleSize = sizeof(float);

    /// <summary>Whether the payload names its coordinates.</summary>
    public static bool IsSparse(PayloadKind kind) => kind is PayloadKind.Sparse or PayloadKind.SparseBfloat16;

    /// <summary>Bytes of one entry: its value, and where the payload is sparse its index. Not for levels and signs.</summary>
    public static int EntrySizeOf(PayloadKind kind) =>
        (IsSparse(kind) ? sizeof(uint) : 0) + (IsBfloat16(kind) ? sizeof(ushort) : ValueSize);

    /// <summary>Bytes before the values of a scaled payload; 0 for the others.</summary>
    public static int ScaleSizeOf(PayloadKind kind) => kind == PayloadKind.DenseScaled ? ScaleSize : 0;

    /// <summary>What the values of a scaled payload are multiplied by; each product is rounded to f32.</summary>
    public static float Scale(ReadOnlySpan<byte> payload) => BinaryPrimitives.ReadSingleLittleEndian(payload);

    /// <summary>Bytes of a payload.</summary>
    /// <param name="kind">Its layout.</param>
    /// <param name="entryCount">Values of a sparse payload; not looked at otherwise.</param>
    /// <param name="length">Coordinates of the shard; looked at for dense only.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The kind is unknown or its size depends on more (levels, signs: ask the codec), or a count is negative.
    /// </exception>
    /// <exception cref="OverflowException">More than an array holds.</exception>
    public static int SizeOf(PayloadKind kind, int entryCount, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(entryCount);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return kind switch
        {
            PayloadKind.None => 0,
            PayloadKind.Dense or PayloadKind.DenseBfloat16 or PayloadKind.DenseScaled => checked(ScaleSizeOf(kind) + (length * EntrySizeOf(kind))),
            PayloadKind.Sparse or PayloadKind.SparseBfloat16 => checked(entryCount * EntrySizeOf(kind)),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Only none, dense and sparse have a size that follows from their counts."),
        };
    }

    /// <summary>The indices of a sparse payload, [entryCount].</summary>
    public static ReadOnlySpan<uint> Indices(ReadOnlySpan<byte> payload, int entryCount) =>
        LittleEndian.UInts(payload[..(entryCount * sizeof(uint))]);

    /// <summary>The values of a payload, [entryCount]: all of a dense one, the second half of a sparse one.</summary>
    /// <remarks>None for the other kinds, whose values are not stored as floats: <see cref="Decode"/> and <see cref="CopyTo"/> make them.</remarks>
    public static ReadOnlySpan<float> Values(PayloadKind kind, ReadOnlySpan<byte> payload, int entryCount) => kind switch
    {
        PayloadKind.Dense => LittleEndian.Floats(payload[..(entryCount * ValueSize)]),
        PayloadKind.Sparse => LittleEndian.Floats(payload.Slice(entryCount * sizeof(uint), entryCount * ValueSize)),
        _ => [],
    };

    /// <summary>The values of a payload in the order in which they are stored, whatever its kind.</summary>
    /// <param name="values">[entryCount].</param>
    public static void Decode(PayloadKind kind, ReadOnlySpan<byte> payload, int entryCount, Span<float> values)
    {
        if (kind is PayloadKind.Dense or PayloadKind.Sparse)
        {
            Values(kind, payload, entryCount).CopyTo(values);
        }
        else if (kind != PayloadKind.None)
        {
            new PackedValues(kind, payload, entryCount).Decode(0, values[..entryCount]);
        }
    }

    /// <summary>Squared norm of the decoded payload, which was validated; the same bits on every machine.</summary>
    public static double NormSquared(PayloadKind kind, ReadOnlySpan<byte> payload, int entryCount)
    {
        if (!IsPacked(kind))
        {
            return SquareSum.Of(Values(kind, payload, entryCount));
        }

        PackedValues packed = new(kind, payload, entryCount);
        Span<float> room = stackalloc float[BlockLength];
        SquareSum sum = default;
        for (int start = 0; start < entryCount; start += BlockLength)
        {
            Span<float> block = room[..Math.Min(BlockLength, entryCount - start)];
            packed.Decode(start, block);
            sum.Add(block);
        }

        return sum.Total;
    }

    /// <summary>Checks size, indices (strictly ascending, below length), values and scales (finite), and unused bits (0).</summary>
    /// <exception cref="InvalidDataException">Something is wrong; the message names the byte.</exception>
    public static void Validate(PayloadKind kind, ReadOnlySpan<byte> payload, int entryCount, int length)
    {
        ValidateSize(kind, payload.Length, entryCount, length);
        if (kind is PayloadKind.Levels or PayloadKind.Signs)
        {
            BucketedPayload.Validate(kind, payload, length);
            return;
        }

        if (IsSparse(kind))
        {
            ValidateIndices(Indices(payload, entryCount), length);
        }

        if (kind == PayloadKind.DenseScaled)
        {
            ValidateScaled(Scale(payload), LittleEndian.Floats(payload[ScaleSize..]));
            return;
        }

        ValidateValues(kind, payload, entryCount);
    }

    /// <summary>x ← x − u, for a payload that was validated against the length of <paramref name="parameters"/>.</summary>
    public static void SubtractFrom(Span<float> parameters, PayloadKind kind, ReadOnlySpan<byte> payload, int entryCount)
    {
        ReadOnlySpan<float> values = Values(kind, payload, entryCount);
        if (kind == PayloadKind.Dense)
        {
            FloatLoops.Subtract(parameters, values);
        }
        else if (kind == PayloadKind.Sparse)
        {
            SparseLoops.Subtract(parameters, Indices(payload, entryCount), values);
        }
        else if (kind == PayloadKind.SparseBfloat16)
        {
            SparseLoops.Subtract(parameters, Indices(payload, entryCount), LittleEndian.UShorts(payload[(entryCount * sizeof(uint))..]));
        }
        else if (kind != PayloadKind.None)
        {
            SubtractDecoded(parameters, kind, payload);
        }
    }

    /// <summary>
    /// x ← x − u, and the bits of <see cref="NormSquared"/>, in one pass, for a payload that has a rounded value for every coordinate.
    /// </summary>
    internal static double SubtractDecoded(Span<float> parameters, PayloadKind kind, ReadOnlySpan<byte> payload)
    {
        PackedValues parts = new(kind, payload, parameters.Length);
        Span<float> room = stackalloc float[BlockLength];
        SquareSum sum = default;
        for (int start = 0; start < parameters.Length; start += BlockLength)
        {
            Span<float> block = room[..Math.Min(BlockLength, parameters.Length - start)];
            parts.Decode(start, block);
            FloatLoops.Subtract(parameters.Slice(start, block.Length), block);
            sum.Add(block);
        }

        return sum.Total;
    }

    /// <summary>Assigns the values to their places, for a payload that was validated against the length of <paramref name="view"/>.</summary>
    public static void CopyTo(Span<float> view, PayloadKind kind, ReadOnlySpan<byte> payload, int entryCount)
    {
        ReadOnlySpan<float> values = Values(kind, payload, entryCount);
        if (kind == PayloadKind.Dense)
        {
            values.CopyTo(view);
        }
        else if (kind == PayloadKind.Sparse)
        {
            SparseLoops.Assign(view, Indices(payload, entryCount), values);
        }
        else if (kind == PayloadKind.SparseBfloat16)
        {
            SparseLoops.Assign(view, Indices(payload, entryCount), LittleEndian.UShorts(payload[(entryCount * sizeof(uint))..]));
        }
        else if (kind != PayloadKind.None)
        {
            new PackedValues(kind, payload, entryCount).Decode(0, view[..entryCount]);
        }
    }

    /// <summary>Checks the whole payload, then x ← x − u.</summary>
    /// <param name="parameters">x, [h.Length].</param>
    /// <param name="h">The header of the frame.</param>
    /// <param name="payload">The payload of the same frame.</param>
    /// <exception cref="ArgumentException">x has another length: a bug in the caller.</exception>
    /// <exception cref="InvalidDataException">The payload is damaged. Not one parameter changed.</exception>
    public static void Apply(Span<float> parameters, in PushHeader h, ReadOnlySpan<byte> payload)
    {
        if (parameters.Length != h.Length)
        {
            throw new ArgumentException(
                $"The shard has {parameters.Length} coordinates, but the push is for {h.Length}.", nameof(parameters));
        }

        Validate(h.Kind, payload, h.EntryCount, h.Length);
        SubtractFrom(parameters, h.Kind, payload, h.EntryCount);
    }

    private static bool IsBfloat16(PayloadKind kind) => kind is PayloadKind.DenseBfloat16 or PayloadKind.SparseBfloat16;

    // Whether values have to be made before they can be used.
    private static bool IsPacked(PayloadKind kind) => kind > PayloadKind.Sparse;

    /// <summary>Checks that the size is what kind and counts say.</summary>
    /// <exception cref="InvalidDataException">It is not.</exception>
    internal static void ValidateSize(PayloadKind kind, int size, int entryCount, int length)
    {
        if (FrameFields.SizeMistake(kind, length, entryCount, size) is { } mistake)
        {
            throw new InvalidDataException($"Payload: {mistake}.");
        }
    }

    /// <summary>Checks that every product of scale and value is finite.</summary>
    /// <exception cref="InvalidDataException">One is not.</exception>
    internal static void ValidateScaled(float scale, ReadOnlySpan<float> values)
    {
        Span<float> room = stackalloc float[BlockLength];
        for (int start = 0; start < values.Length; start += BlockLength)
        {
            Span<float> block = room[..Math.Min(BlockLength, values.Length - start)];
            FloatLoops.Scale(values.Slice(start, block.Length), scale, block);
            if (FloatBits.IndexOfNonFinite(block) is >= 0 and int wrong)
            {
                wrong += start;
                throw new InvalidDataException(
                    $"{PayloadKind.DenseScaled} payload: value {wrong} at byte {ScaleSize + (wrong * ValueSize)} is {values[wrong]}, times the scale {scale} " +
                    "not a finite number; the sender's run diverged.");
            }
        }
    }

    private static void ValidateValues(PayloadKind kind, ReadOnlySpan<byte> payload, int entryCount)
    {
        int valuesAt = IsSparse(kind) ? entryCount * sizeof(uint) : 0;
        bool isBfloat16 = IsBfloat16(kind);
        int wrong = isBfloat16
            ? Bfloat16Loops.IndexOfNonFinite(LittleEndian.UShorts(payload[valuesAt..]))
            : FloatBits.IndexOfNonFinite(Values(kind, payload, entryCount));
        if (wrong >= 0)
        {
            int offset = valuesAt + (wrong * (isBfloat16 ? sizeof(ushort) : ValueSize));
            float value = isBfloat16
                ? Bfloat16Loops.Widen(LittleEndian.UShorts(payload[valuesAt..])[wrong])
                : Values(kind, payload, entryCount)[wrong];
            throw new InvalidDataException(
                $"{kind} payload: value {wrong} at byte {offset} is {value}, not a finite number; the sender's run diverged.");
        }
    }

    private static void ValidateIndices(ReadOnlySpan<uint> indices, int length)
    {
        int wrong = SparseIndices.FirstNotAscending(indices);
        if (wrong >= 0)
        {
            throw new InvalidDataException(
                $"Sparse payload: index {wrong} at byte {wrong * sizeof(uint)} names coordinate {indices[wrong]} after {indices[wrong - 1]}; " +
                "indices ascend strictly.");
        }

        // Ascending, so the last is the largest: one comparison bounds them all; the search is for the message.
        if (indices[^1] >= (uint)length)
        {
            wrong = SparseIndices.FirstNotBelow(indices, (uint)length);
            throw new InvalidDataException(
                $"Sparse payload: index {wrong} at byte {wrong * sizeof(uint)} names coordinate {indices[wrong]}, but the shard has {length}.");
        }
    }
}
