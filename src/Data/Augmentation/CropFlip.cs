using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Samples;

namespace OrleansSgd.Data.Augmentation;

/// <summary>Cuts a window of the image's own size out of the image with an edge of zeros, and mirrors every other one.</summary>
/// <remarks>
/// <para>The usual augmentation of small photographs (He et al. 2016, section 4.2): an edge of 4 pixels, each of the 9 × 9 windows as
/// likely, then a mirror with probability ½. The zeros are of the samples as they are read: the mean where the plan normalises,
/// black where it does not.</para>
/// <para>What happens to a row is a function of seed, epoch and row number. Works in place and keeps nothing, so any number of
/// threads may use one object.</para>
/// </remarks>
internal sealed class CropFlip(int channels, int height, int width, bool crops, bool flips, ulong seed) : ISampleTransform
{
    /// <summary>Pixels of the edge.</summary>
    public const int Edge = 4;

    private const uint WindowCount = (2 * Edge) + 1;
    private const ulong Stream = 0x4155_474D_454E_54;
    private const ulong RowFactor = 0x9E37_79B9_7F4A_7C15;
    private const int ShareBits = 31;
    private const ulong ShareMask = (1UL << ShareBits) - 1;

    /// <inheritdoc/>
    public void Apply(SampleBatch batch, ReadOnlySpan<int> rows, int epoch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        int planeLength = height * width;
        ArgumentOutOfRangeException.ThrowIfNotEqual(batch.Dense.Length, rows.Length * channels * planeLength, nameof(batch));
        Span<float> planes = batch.Dense;
        foreach (int row in rows)
        {
            ImageChange change = Draw(row, epoch);
            for (int channel = 0; channel < channels; channel++)
            {
                Span<float> plane = planes[..planeLength];
                Shift(plane, width, change.Down, change.Right);
                if (change.IsMirrored)
                {
                    Mirror(plane, width);
                }

                planes = planes[planeLength..];
            }
        }
    }

    /// <summary>What happens to one row in one epoch.</summary>
    internal ImageChange Draw(int row, int epoch)
    {
        // The row-th number of a SplitMix64 sequence that seed and epoch begin. Of its bits 31 choose among the 9 rows, 31 among the
        // 9 columns (the odds differ by less than 1e-8), and one mirrors.
        ulong start = SplitMix.Mix(seed ^ SplitMix.Mix(Stream + (uint)epoch));
        ulong word = SplitMix.Mix(start + (RowFactor * ((uint)row + 1UL)));
        int down = crops ? (int)(((word & ShareMask) * WindowCount) >> ShareBits) - Edge : 0;
        int right = crops ? (int)((((word >> ShareBits) & ShareMask) * WindowCount) >> ShareBits) - Edge : 0;
        return new(down, right, flips && word >> 63 != 0);
    }

    /// <summary>plane[y, x] ← plane[y + down, x + right], or 0 where that lies outside; in place.</summary>
    internal static void Shift(Span<float> plane, int width, int down, int right)
    {
        if ((down | right) == 0)
        {
            return;
        }

        int height = plane.Length / width;
        int first = Math.Clamp(-right, 0, width);
        int count = Math.Max(0, width - Math.Abs(right));

        // A row is overwritten only after it has been read: from the top when rows come from below, else from the bottom.
        for (int i = 0; i < height; i++)
        {
            int y = down >= 0 ? i : height - 1 - i;
            int from = y + down;
            Span<float> target = plane.Slice(y * width, width);
            if ((uint)from >= (uint)height || count == 0)
            {
                target.Clear();
                continue;
            }

            plane.Slice((from * width) + Math.Max(0, right), count).CopyTo(target[first..]);
            target[..first].Clear();
            target[(first + count)..].Clear();
        }
    }

    /// <summary>Reverses each row.</summary>
    internal static void Mirror(Span<float> plane, int width)
    {
        for (; !plane.IsEmpty; plane = plane[width..])
        {
            plane[..width].Reverse();
        }
    }
}

/// <summary>What is done to one image.</summary>
/// <param name="Down">The window begins so many rows lower than the image; −4 to 4.</param>
/// <param name="Right">The window begins so many columns further right; −4 to 4.</param>
/// <param name="IsMirrored">Then each row is reversed.</param>
internal readonly record struct ImageChange(int Down, int Right, bool IsMirrored);
