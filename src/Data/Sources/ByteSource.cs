using System.Numerics;
using System.Runtime.InteropServices;
using OrleansSgd.Core.Samples;

namespace OrleansSgd.Data.Sources;

/// <summary>Samples kept as bytes, a quarter of their size as floats; <see cref="Read"/> converts them.</summary>
/// <remarks>A coordinate is (byte − centre) / spread, in float: 0 and 255 give byte/255. The vector loop and the
/// scalar tail round alike, so a sample has the same bits on every machine.</remarks>
internal sealed class ByteSource : ISampleSource
{
    private readonly byte[] _pixels;
    private readonly byte[] _labels;
    private readonly float _centre;
    private readonly float _spread;

    /// <param name="pixels">[count × featureCount]; borrowed for good.</param>
    /// <param name="labels">[count], each below classCount; borrowed for good.</param>
    /// <param name="featureCount">At least 1.</param>
    /// <param name="classCount">At least 2.</param>
    /// <param name="centre">Subtracted, in byte units.</param>
    /// <param name="spread">Divided by, in byte units; not 0.</param>
    public ByteSource(byte[] pixels, byte[] labels, int featureCount, int classCount, float centre, float spread)
    {
        _pixels = pixels;
        _labels = labels;
        FeatureCount = featureCount;
        ClassCount = classCount;
        _centre = centre;
        _spread = spread;
    }

    public int Count => _labels.Length;

    public int FeatureCount { get; }

    public int ClassCount { get; }

    public bool IsSparse => false;

    public void Read(ReadOnlySpan<int> rows, SampleBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Rows.Check(rows, Count);
        batch.ResizeDense(rows.Length, FeatureCount);
        Span<float> dense = batch.Dense;
        Span<float> labels = batch.Labels;
        for (int i = 0; i < rows.Length; i++)
        {
            ReadOnlySpan<byte> sample = _pixels.AsSpan(rows[i] * FeatureCount, FeatureCount);
            Convert(sample, dense.Slice(i * FeatureCount, FeatureCount), _centre, _spread);
            labels[i] = _labels[rows[i]];
        }
    }

    internal static void Convert(ReadOnlySpan<byte> bytes, Span<float> floats, float centre, float spread)
    {
        int done = 0;
        if (Vector.IsHardwareAccelerated)
        {
            var centres = new Vector<float>(centre);
            var spreads = new Vector<float>(spread);
            int width = Vector<float>.Count;
            ReadOnlySpan<Vector<byte>> blocks = MemoryMarshal.Cast<byte, Vector<byte>>(bytes);
            foreach (Vector<byte> block in blocks)
            {
                Vector.Widen(block, out Vector<ushort> low, out Vector<ushort> high);
                Span<float> target = floats.Slice(done, Vector<byte>.Count);
                Store(low, centres, spreads, target);
                Store(high, centres, spreads, target[(2 * width)..]);
                done += Vector<byte>.Count;
            }
        }

        for (; done < bytes.Length; done++)
        {
            floats[done] = (bytes[done] - centre) / spread;
        }
    }

    private static void Store(Vector<ushort> values, Vector<float> centres, Vector<float> spreads, Span<float> target)
    {
        Vector.Widen(values, out Vector<uint> low, out Vector<uint> high);
        ((Vector.ConvertToSingle(Vector.AsVectorInt32(low)) - centres) / spreads).CopyTo(target);
        ((Vector.ConvertToSingle(Vector.AsVectorInt32(high)) - centres) / spreads).CopyTo(target[Vector<float>.Count..]);
    }
}
