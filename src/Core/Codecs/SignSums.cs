using System.Runtime.Intrinsics;

namespace OrleansSgd.Core.Codecs;

/// <summary>What a bucket's scales and their error follow from, added up in doubles in a fixed order: the same bits on every machine.</summary>
internal struct SignSums
{
    private Vector256<double> _plusLow;
    private Vector256<double> _plusHigh;
    private Vector256<double> _minusLow;
    private Vector256<double> _minusHigh;
    private Vector256<double> _squareLow;
    private Vector256<double> _squareHigh;
    private double _plusTail;
    private double _minusTail;
    private double _squareTail;

    /// <summary>Values above 0.</summary>
    public int PlusCount { get; private set; }

    /// <summary>Values below 0.</summary>
    public int MinusCount { get; private set; }

    /// <summary>Sum of the values above 0.</summary>
    public readonly double Plus => LaneSum(_plusLow) + LaneSum(_plusHigh) + _plusTail;

    /// <summary>Sum of the magnitudes of the values below 0.</summary>
    public readonly double Minus => LaneSum(_minusLow) + LaneSum(_minusHigh) + _minusTail;

    /// <summary>Sum of squares; finite when all values are.</summary>
    public readonly double Squares => LaneSum(_squareLow) + LaneSum(_squareHigh) + _squareTail;

    /// <summary>Adds a block, and notes which values are below 0 and which are not 0: one bit each, low bit first.</summary>
    /// <param name="block">All blocks but the last are multiples of 8 long.</param>
    public void Add(ReadOnlySpan<float> block, Span<byte> negative, Span<byte> sent)
    {
        int step = Vector256<float>.Count;
        Vector256<float> zero = Vector256<float>.Zero;
        int i = 0;
        for (; i <= block.Length - step; i += step)
        {
            Vector256<float> values = Vector256.Create(block.Slice(i, step));
            uint minusBits = Vector256.LessThan(values, zero).ExtractMostSignificantBits();
            uint plusBits = Vector256.GreaterThan(values, zero).ExtractMostSignificantBits();
            negative[i / 8] = (byte)minusBits;
            sent[i / 8] = (byte)(minusBits | plusBits);
            PlusCount += int.PopCount((int)plusBits);
            MinusCount += int.PopCount((int)minusBits);
            (Vector256<double> low, Vector256<double> high) = Vector256.Widen(values);
            _plusLow += Vector256.Max(low, Vector256<double>.Zero);
            _plusHigh += Vector256.Max(high, Vector256<double>.Zero);
            _minusLow += Vector256.Max(-low, Vector256<double>.Zero);
            _minusHigh += Vector256.Max(-high, Vector256<double>.Zero);
            _squareLow += low * low;
            _squareHigh += high * high;
        }

        if (i < block.Length)
        {
            AddTail(block[i..], negative[(i / 8)..], sent[(i / 8)..]);
        }
    }

    private void AddTail(ReadOnlySpan<float> tail, Span<byte> negative, Span<byte> sent)
    {
        int minusBits = 0;
        int sentBits = 0;
        for (int i = 0; i < tail.Length; i++)
        {
            float value = tail[i];
            _squareTail += (double)value * value;
            if (value > 0)
            {
                PlusCount++;
                _plusTail += value;
                sentBits |= 1 << i;
            }
            else if (value < 0)
            {
                MinusCount++;
                _minusTail -= value;
                sentBits |= 1 << i;
                minusBits |= 1 << i;
            }
        }

        negative[0] = (byte)minusBits;
        sent[0] = (byte)sentBits;
    }

    private static double LaneSum(Vector256<double> lanes) => lanes[0] + lanes[1] + lanes[2] + lanes[3];
}
