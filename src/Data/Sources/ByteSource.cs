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
        if (batch.TakesBytes && _scales.Length == 1)
        {
            Lend(rows, batch);
        }
        else
        {
            Copy(rows, batch);
        }
    }

    private void Lend(ReadOnlySpan<int> rows, SampleBatch batch)
    {
        batch.LendBytes(_pixels, rows, FeatureCount, _scales[0].Centre, 1f / _scales[0].Spread);
        Span<float> labels = batch.Labels;
        for (int i = 0; i < rows.Length; i++)
        {
            CacheLines.Announce<byte>(_pixels.AsSpan(rows[i] * FeatureCount, Math.Min(FeatureCount, ByteRows.BytesAhead)));
            labels[i] = _labels[rows[i]];
        }
    }

    private void Copy(ReadOnlySpan<int> rows, SampleBatch batch)
    {
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
            ByteFloats.Convert(sample.Slice(start, _planeLength), floats.Slice(start, _planeLength), scale.Centre, 1f / scale.Spread);
        }
    }
}
