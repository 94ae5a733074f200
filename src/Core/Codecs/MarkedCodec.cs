using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Core.Codecs;

/// <summary>A subset codec that marks what it sends, one bit a coordinate: for choices whose number is not known beforehand.</summary>
public abstract class MarkedCodec : SubsetCodec
{
    private protected MarkedCodec(int dimension, bool errorFeedback, bool isBfloat16)
        : base(dimension, errorFeedback, isBfloat16) => Chosen = new CoordinateSet(dimension);

    /// <summary>The coordinates that are sent; never one whose value is 0.</summary>
    private protected CoordinateSet Chosen { get; }

    private protected override int CountChosen(ShardRange range) => Chosen.Count(range);

    private protected override void CopyChosen(ShardRange range, Span<uint> indices) => Chosen.CopyIndicesTo(range, indices);

    private protected override void MoveToPlaces(ShardRange range, Span<float> pending, Span<float> values)
    {
        values = values[..pending.Length];
        for (int i = 0; i < pending.Length; i++)
        {
            // Both are written always: which are chosen cannot be predicted, so a branch would cost more.
            int chosen = Chosen.Contains(range.Start + i) ? -1 : 0;
            int bits = BitConverter.SingleToInt32Bits(pending[i]);
            values[i] = BitConverter.Int32BitsToSingle(bits & chosen);
            pending[i] = BitConverter.Int32BitsToSingle(bits & ~chosen);
        }
    }
}
