using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using OrleansSgd.Core.Samples;
using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Data.Sources;

/// <summary>Samples kept as bytes, a quarter of their size as floats; <see cref="Read"/> converts them.</summary>
/// <remarks>A coordinate is (byte − centre) · (1 / spread), in float: 0 and 255 give byte · (1 / 255). The vector loops and
/// the scalar tail round alike, so a sample has the same bits on every machine. With several scales a sample is as many planes
/// of the same length, such as red, green and blue, each with its own.</remarks>
internal sealed class ByteSource : ISampleSource
{
    private const int RowsAhead = 16;

    private readonly byte[] _pixels;
    private readonly byte[] _labels;
    private readonly PixelScale[] _scales;
    private readonly int _planeLength;

    /// <param name="pixels">[count × the product of the shape]; borrowed for good.</param>
    /// <param name="labels">[count], each below classCount; borrowed for good.</param>
    /// <param name="shape">Extents of a sample.</param>
    /// <param name="classCount">At least 2.</param>
    /// <param name="scales">One for all pixels, or one a plane.</param>
    public ByteSource(byte[] pixels, byte[] labels, IReadOnlyList<int> shape, int classCount, params PixelScale[] scales)
    {
        _pixels = pixels;
        _labels = labels;
        Shape = shape;
        FeatureCount = shape.Aggregate(1, (product, extent) => product * extent);
        ClassCount = classCount;
        _scales = scales;
        _planeLength = FeatureCount / scales.Length;
    }

    public int Count => _labels.Length;

    public int FeatureCount { get; }

    public IReadOnlyList<int> Shape { get; }

    public int ClassCount { get; }

    public bool IsSparse => false;

    public void Read(ReadOnlySpan<int> rows, SampleBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Rows.Check(rows, Count);
        batch.ResizeDense(rows.Length, FeatureCount);
        Span<float> dense = batch.Dense;
        Span<float> labels = batch.Labels;
        for (int i = 0; i < Math.Min(RowsAhead, rows.Length); i++)
        {
            Announce(rows[i]);
        }

        for (int i = 0; i < rows.Length; i++)
        {
            if (i + RowsAhead < rows.Length)
            {
                Announce(rows[i + RowsAhead]);
            }

            ReadOnlySpan<byte> sample = _pixels.AsSpan(rows[i] * FeatureCount, FeatureCount);
            Convert(sample, dense.Slice(i * FeatureCount, FeatureCount));
            labels[i] = _labels[rows[i]];
        }
    }

    // Rows of a shuffled epoch lie anywhere in memory: each is asked for some rows before it is needed.
    private void Announce(int row) => CacheLines.Announce<byte>(_pixels.AsSpan(row * FeatureCount, FeatureCount));

    private void Convert(ReadOnlySpan<byte> sample, Span<float> floats)
    {
        for (int plane = 0; plane < _scales.Length; plane++)
        {
            PixelScale scale = _scales[plane];
            int start = plane * _planeLength;
            Convert(sample.Slice(start, _planeLength), floats.Slice(start, _planeLength), scale.Centre, scale.Spread);
        }
    }

    /// <summary>floats ← (bytes − centre) · (1 / spread), with the reciprocal rounded once: the same bits at every vector width.</summary>
    internal static void Convert(ReadOnlySpan<byte> bytes, Span<float> floats, float centre, float spread)
    {
        float scale = 1f / spread;
        ref byte source = ref MemoryMarshal.GetReference(bytes);
        ref float target = ref MemoryMarshal.GetReference(floats[..bytes.Length]);
        int done = 0;
        if (Vector512.IsHardwareAccelerated && Avx512F.IsSupported)
        {
            Vector512<float> centres = Vector512.Create(centre);
            Vector512<float> scales = Vector512.Create(scale);
            for (; done <= bytes.Length - Vector512<float>.Count; done += Vector512<float>.Count)
            {
                Vector512<int> values = Avx512F.ConvertToVector512Int32(Vector128.LoadUnsafe(ref source, (nuint)done));
                ((Vector512.ConvertToSingle(values) - centres) * scales).StoreUnsafe(ref target, (nuint)done);
            }
        }
        else if (Avx2.IsSupported)
        {
            Vector256<float> centres = Vector256.Create(centre);
            Vector256<float> scales = Vector256.Create(scale);
            for (; done <= bytes.Length - Vector128<byte>.Count; done += Vector128<byte>.Count)
            {
                Vector128<byte> block = Vector128.LoadUnsafe(ref source, (nuint)done);
                Vector256<int> low = Avx2.ConvertToVector256Int32(block);
                Vector256<int> high = Avx2.ConvertToVector256Int32(Vector128.Shuffle(
                    block, Vector128.Create((byte)8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7)));
                ((Vector256.ConvertToSingle(low) - centres) * scales).StoreUnsafe(ref target, (nuint)done);
                ((Vector256.ConvertToSingle(high) - centres) * scales)
                    .StoreUnsafe(ref target, (nuint)(done + Vector256<float>.Count));
            }
        }

        for (; done < bytes.Length; done++)
        {
            floats[done] = (bytes[done] - centre) * scale;
        }
    }
}
