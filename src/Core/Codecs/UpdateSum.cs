using OrleansSgd.Core.Frames;

namespace OrleansSgd.Core.Codecs;

/// <summary>u = residual + rate · gradient, made a block at a time so that what follows finds it in the first-level cache.</summary>
internal static class UpdateSum
{
    /// <summary>Coordinates made at a time: 16 KiB.</summary>
    public const int BlockLength = 4096;

    /// <summary>sum ← residual + rate · gradient, or without the residual when it is empty.</summary>
    public static void Add(ReadOnlySpan<float> gradient, float rate, ReadOnlySpan<float> residual, Span<float> sum)
    {
        if (residual.IsEmpty)
        {
            FloatLoops.Scale(gradient, rate, sum);
        }
        else
        {
            FloatLoops.ScaleAndAdd(gradient, rate, residual, sum);
        }
    }

    /// <summary>The coordinates from <paramref name="start"/> to <paramref name="end"/>.</summary>
    /// <returns>The block of the sum.</returns>
    public static Span<float> Add(
        ReadOnlySpan<float> gradient, float rate, ReadOnlySpan<float> residual, Span<float> sum, int start, int end)
    {
        Span<float> block = sum[start..end];
        Add(gradient[start..end], rate, residual.IsEmpty ? [] : residual[start..end], block);
        return block;
    }
}
