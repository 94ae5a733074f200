using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Core.Codecs;

/// <summary>Sends some coordinates whole and nothing of the others; derived codecs say which.</summary>
/// <remarks>
/// <para>A range in which sparse entries would take more bytes than all values is sent dense: coordinates that were not
/// chosen are 0 in it and stay in the residual, so the layout never changes what is sent.</para>
/// <para>Invariant: sent + residual′ = residual + rate · gradient, exactly in every coordinate, because each coordinate goes
/// whole to one side.</para>
/// </remarks>
public abstract class SubsetCodec : ResidualCodec
{
    private protected SubsetCodec(int dimension, bool errorFeedback)
        : base(dimension, errorFeedback)
    {
    }

    private protected override PayloadKind KindIn(ShardRange range) => KindOf(range, CountChosen(range));

    private protected override int CountIn(ShardRange range)
    {
        int count = CountChosen(range);
        return KindOf(range, count) == PayloadKind.Dense ? range.Length : count;
    }

    private protected override int SizeIn(ShardRange range)
    {
        int count = CountChosen(range);
        return FramePayload.SizeOf(KindOf(range, count), count, range.Length);
    }

    private protected override double WriteIn(ShardRange range, Span<float> pending, Span<byte> payload)
    {
        int count = CountChosen(range);
        switch (KindOf(range, count))
        {
            case PayloadKind.None:
                return 0;
            case PayloadKind.Dense:
                Span<float> all = LittleEndian.Floats(payload);
                MoveToPlaces(range, pending, all);
                return SquareSum.Of(all);
            default:
                int indicesSize = count * sizeof(uint);
                Span<uint> indices = LittleEndian.UInts(payload[..indicesSize]);
                Span<float> values = LittleEndian.Floats(payload[indicesSize..]);
                CopyChosen(range, indices);
                MoveToEntries(indices, pending, values);
                return SquareSum.Of(values);
        }
    }

    /// <summary>How many coordinates of the range are sent; none whose value is 0.</summary>
    private protected abstract int CountChosen(ShardRange range);

    /// <summary>The chosen coordinates of the range, ascending, counted from its start.</summary>
    private protected abstract void CopyChosen(ShardRange range, Span<uint> indices);

    /// <summary>Moves the chosen values of the range to their places in <paramref name="values"/>; the others become 0.</summary>
    private protected abstract void MoveToPlaces(ShardRange range, Span<float> pending, Span<float> values);

    private static PayloadKind KindOf(ShardRange range, int count)
    {
        if (count == 0)
        {
            return PayloadKind.None;
        }

        return (long)count * FramePayload.EntrySize > (long)range.Length * FramePayload.ValueSize
            ? PayloadKind.Dense
            : PayloadKind.Sparse;
    }

    private static void MoveToEntries(ReadOnlySpan<uint> indices, Span<float> pending, Span<float> values)
    {
        values = values[..indices.Length];
        for (int i = 0; i < indices.Length; i++)
        {
            ref float place = ref pending[(int)indices[i]];
            values[i] = place;
            place = 0;
        }
    }
}
