using System.Buffers.Binary;

namespace OrleansSgd.Core.Frames;

/// <summary>A payload of kind levels or signs, taken apart: which bucket each coordinate is in, its scale, and its bits.</summary>
/// <remarks>
/// <para>Bytes: u32 bucket, u32 offset (see <see cref="BucketMap"/>), u8 form, three bytes 0; then f32 scales; then the bits.
/// Form is the bits a level for <see cref="PayloadKind.Levels"/>, and <see cref="SeparateForm"/>, <see cref="MaskedForm"/> or
/// both for <see cref="PayloadKind.Signs"/>. docs/wire-format.md has the table.</para>
/// <para>Signs have their scales for plus first; with separate means those for minus follow. Their bits are one plane, set
/// where the value is negative; when masked a second one follows, set where there is a value at all.</para>
/// </remarks>
internal readonly ref struct BucketedPayload
{
    public const int HeaderSize = 12;

    /// <summary>Largest bucket; whatever is larger than the vector is one bucket.</summary>
    public const int BucketMax = 1 << 30;

    /// <summary>Signs: minus has scales of its own.</summary>
    public const int SeparateForm = 1;

    /// <summary>Signs: a plane says which coordinates are sent.</summary>
    public const int MaskedForm = 2;

    private const int OffsetOffset = 4;
    private const int FormOffset = 8;

    private BucketedPayload(
        PayloadKind kind, BucketMap map, int form, ReadOnlySpan<float> scales, ReadOnlySpan<byte> bits)
    {
        Kind = kind;
        Map = map;
        Form = form;
        Scales = scales;
        Bits = bits;
    }

    public PayloadKind Kind { get; }

    public BucketMap Map { get; }

    public int Form { get; }

    /// <summary>[buckets], or twice that for separate means; each finite, 0 or more.</summary>
    public ReadOnlySpan<float> Scales { get; }

    public ReadOnlySpan<byte> Bits { get; }

    /// <summary>Bytes of a payload.</summary>
    public static long SizeOf(PayloadKind kind, in BucketMap map, int form) =>
        HeaderSize + ((long)map.Count * ScalesPerBucket(kind, form) * sizeof(float)) + BitsSize(kind, map.Length, form);

    /// <summary>The fewest bytes a payload of so many coordinates takes.</summary>
    public static long SizeMin(PayloadKind kind, int length) =>
        SizeOf(kind, new(length, BucketMax, 0), kind == PayloadKind.Levels ? BitFields.BitsMin : 0);

    /// <summary>The most bytes a payload of so many coordinates takes.</summary>
    public static long SizeMax(PayloadKind kind, int length) =>
        SizeOf(kind, new(length, 1, 0), kind == PayloadKind.Levels ? BitFields.BitsMax : SeparateForm | MaskedForm);

    /// <summary>Writes the header; the caller fills scales and bits.</summary>
    /// <param name="payload">Exactly <see cref="SizeOf"/> bytes.</param>
    public static void WriteHeader(
        PayloadKind kind, in BucketMap map, int form, Span<byte> payload, out Span<float> scales, out Span<byte> bits)
    {
        BinaryPrimitives.WriteInt32LittleEndian(payload, map.Bucket);
        BinaryPrimitives.WriteInt32LittleEndian(payload[OffsetOffset..], map.Offset);
        BinaryPrimitives.WriteInt32LittleEndian(payload[FormOffset..], form);
        int bitsAt = HeaderSize + (map.Count * ScalesPerBucket(kind, form) * sizeof(float));
        scales = LittleEndian.Floats(payload[HeaderSize..bitsAt]);
        bits = payload[bitsAt..];
    }

    /// <summary>Takes a payload apart that was validated.</summary>
    public static BucketedPayload Read(PayloadKind kind, ReadOnlySpan<byte> payload, int length)
    {
        BucketMap map = new(
            length,
            BinaryPrimitives.ReadInt32LittleEndian(payload),
            BinaryPrimitives.ReadInt32LittleEndian(payload[OffsetOffset..]));
        int form = payload[FormOffset];
        int bitsAt = HeaderSize + (map.Count * ScalesPerBucket(kind, form) * sizeof(float));
        return new(kind, map, form, LittleEndian.Floats(payload[HeaderSize..bitsAt]), payload[bitsAt..]);
    }

    /// <summary>Checks everything but the length, which its header was checked against; finite values follow from finite scales.</summary>
    /// <exception cref="InvalidDataException">Something is wrong; the message names the byte.</exception>
    public static void Validate(PayloadKind kind, ReadOnlySpan<byte> payload, int length)
    {
        // The smallest possible payload has a header, so it can be read.
        int bucket = BinaryPrimitives.ReadInt32LittleEndian(payload);
        if (bucket is < 1 or > BucketMax)
        {
            throw new InvalidDataException($"{kind} payload: bucket at byte 0 is {bucket}; use 1 to {BucketMax}.");
        }

        int offset = BinaryPrimitives.ReadInt32LittleEndian(payload[OffsetOffset..]);
        if (offset < 0 || offset >= bucket)
        {
            throw new InvalidDataException(
                $"{kind} payload: offset at byte {OffsetOffset} is {offset}, but a bucket has {bucket} coordinates.");
        }

        // The reserved bytes are 0, so the four read as one number are the form.
        int form = BinaryPrimitives.ReadInt32LittleEndian(payload[FormOffset..]);
        (int formMin, int formMax) = kind == PayloadKind.Levels
            ? (BitFields.BitsMin, BitFields.BitsMax)
            : (0, SeparateForm | MaskedForm);
        if (form < formMin || form > formMax)
        {
            throw new InvalidDataException($"{kind} payload: form at byte {FormOffset} is {form}; use {formMin} to {formMax}.");
        }

        BucketMap map = new(length, bucket, offset);
        long size = SizeOf(kind, map, form);
        if (payload.Length != size)
        {
            throw new InvalidDataException(
                $"{kind} payload has {payload.Length} bytes, but {length} coordinates in {map.Count} buckets of form {form} take {size}.");
        }

        BucketedPayload parts = Read(kind, payload, length);
        parts.ValidateScales();
        parts.ValidateBits(payload.Length - parts.Bits.Length);
    }

    /// <summary>The values of coordinates <paramref name="first"/> and following.</summary>
    /// <param name="first">A multiple of 8.</param>
    /// <param name="values">As many as are wanted, not past the end.</param>
    public void Decode(int first, Span<float> values)
    {
        if (Kind == PayloadKind.Levels)
        {
            LevelLoops.Decode(this, first, values);
        }
        else
        {
            SignLoops.Decode(this, first, values);
        }
    }

    private static int ScalesPerBucket(PayloadKind kind, int form) =>
        kind == PayloadKind.Signs && (form & SeparateForm) != 0 ? 2 : 1;

    private static long BitsSize(PayloadKind kind, int length, int form)
    {
        if (kind == PayloadKind.Levels)
        {
            return BitFields.SizeOf(length, form);
        }

        long plane = BitFields.SizeOf(length, 1);
        return (form & MaskedForm) != 0 ? 2 * plane : plane;
    }

    private void ValidateScales()
    {
        // One comparison as unsigned bits refuses negative ones too, and −0.
        ReadOnlySpan<float> scales = Scales;
        int wrong = FloatBits.IndexOfSignedOrNonFinite(scales);
        if (wrong >= 0)
        {
            throw new InvalidDataException(
                $"{Kind} payload: scale {wrong} at byte {HeaderSize + (wrong * sizeof(float))} is {scales[wrong]}; use a finite number, 0 or more.");
        }

        if (Kind != PayloadKind.Levels)
        {
            return;
        }

        float levelMax = 1 << (Form - 1);
        float largest = BitConverter.Int32BitsToSingle(FloatBits.MagnitudeMax(scales));
        if (!float.IsFinite(largest * levelMax))
        {
            wrong = scales.IndexOf(largest);
            throw new InvalidDataException(
                $"{Kind} payload: scale {wrong} at byte {HeaderSize + (wrong * sizeof(float))} is {largest}; {levelMax} times that is not finite.");
        }
    }

    private void ValidateBits(int bitsAt)
    {
        if (Kind == PayloadKind.Levels)
        {
            ValidatePadding(Bits, (int)((long)Map.Length * Form % 8), bitsAt);
            return;
        }

        int planeSize = BitFields.SizeOf(Map.Length, 1);
        ReadOnlySpan<byte> signs = Bits[..planeSize];
        ReadOnlySpan<byte> mask = Bits[planeSize..];
        ValidatePadding(signs, Map.Length % 8, bitsAt);
        if (mask.IsEmpty)
        {
            return;
        }

        ValidatePadding(mask, Map.Length % 8, bitsAt + planeSize);
        int wrong = SignLoops.FirstNotWithin(signs, mask);
        if (wrong >= 0)
        {
            throw new InvalidDataException(
                $"{Kind} payload: the signs at byte {bitsAt + wrong} are {signs[wrong]:X2}, but the mask at byte {bitsAt + planeSize + wrong} " +
                $"is {mask[wrong]:X2}; what is not sent has no sign.");
        }
    }

    private void ValidatePadding(ReadOnlySpan<byte> plane, int bitsUsed, int planeAt)
    {
        if (bitsUsed != 0 && plane[^1] >> bitsUsed != 0)
        {
            throw new InvalidDataException(
                $"{Kind} payload: byte {planeAt + plane.Length - 1} is {plane[^1]:X2}, but only its lowest {bitsUsed} bits are used.");
        }
    }
}
