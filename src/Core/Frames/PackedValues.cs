namespace OrleansSgd.Core.Frames;

/// <summary>The values of a payload that does not store them as floats, made a block at a time.</summary>
/// <param name="kind">Levels, signs, either bfloat16 kind, or scaled.</param>
/// <param name="payload">Validated.</param>
/// <param name="entryCount">Values in it.</param>
internal readonly ref struct PackedValues(PayloadKind kind, ReadOnlySpan<byte> payload, int entryCount)
{
    private readonly bool _isBucketed = kind is PayloadKind.Levels or PayloadKind.Signs;

    private readonly BucketedPayload _buckets = kind is PayloadKind.Levels or PayloadKind.Signs
        ? BucketedPayload.Read(kind, payload, entryCount)
        : default;

    private readonly ReadOnlySpan<ushort> _bits = kind switch
    {
        PayloadKind.DenseBfloat16 => LittleEndian.UShorts(payload),
        PayloadKind.SparseBfloat16 => LittleEndian.UShorts(payload[(entryCount * sizeof(uint))..]),
        _ => [],
    };

    private readonly float _scale = kind == PayloadKind.DenseScaled ? FramePayload.Scale(payload) : 0;
    private readonly ReadOnlySpan<float> _values = kind == PayloadKind.DenseScaled ? LittleEndian.Floats(payload[FramePayload.ScaleSize..]) : [];

    /// <summary>Values <paramref name="first"/> and following, in the order in which they are stored.</summary>
    /// <param name="first">A multiple of 8.</param>
    /// <param name="values">As many as are wanted, not past the end.</param>
    public void Decode(int first, Span<float> values)
    {
        if (_isBucketed)
        {
            _buckets.Decode(first, values);
        }
        else if (_bits.IsEmpty)
        {
            FloatLoops.Scale(_values.Slice(first, values.Length), _scale, values);
        }
        else
        {
            Bfloat16Loops.Widen(_bits.Slice(first, values.Length), values);
        }
    }
}
