using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Samples;
using OrleansSgd.Data.Sources;
using OrleansSgd.Testing;

namespace OrleansSgd.Data.Tests.Sources;

public class ByteSourceTests
{
    [Fact]
    public void The_vector_loop_gives_the_bits_of_the_scalar_formula() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), Gen.Choose(0, 300).ToArbitrary(), (noise, length) =>
        {
            byte[] bytes = [.. Enumerable.Range(0, length).Select(i => (byte)(i * 7)), .. noise];
            float[] floats = new float[bytes.Length];
            ByteFloats.Convert(bytes, floats, 33.318f, 1f / 78.567f);
            AssertFormula(bytes, floats, 33.318f, 78.567f);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_formula_check_catches_a_division_in_place_of_the_multiplication()
    {
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        float[] floats = [.. bytes.Select(value => value / 255f)];

        Assert.ThrowsAny<Exception>(() => AssertFormula(bytes, floats, 0, 255));
    }

    [Fact]
    public void Reading_allocates_nothing_once_the_batch_has_grown()
    {
        var source = new ByteSource(new byte[784 * 100], new byte[100], [1, 28, 28], 10, new PixelScale(0, 255));
        var subset = new RowSubset(source, [.. Enumerable.Range(10, 80)]);
        int[] rows = [.. Enumerable.Range(0, 64)];
        var batch = new SampleBatch();
        subset.Read(rows, batch);
        var lent = new SampleBatch { TakesBytes = true };
        source.Read(rows, lent);

        Assert.Equal(0, AllocatedBytes.Of(() =>
        {
            source.Read(rows, batch);
            subset.Read(rows, batch);
            source.Read(rows, lent);
        }));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rows_lent_as_bytes_are_the_rows_as_floats(bool isSubset)
    {
        byte[] pixels = [.. Enumerable.Range(0, 50 * 20).Select(i => (byte)(i * 7))];
        ISampleSource source = new ByteSource(pixels, [.. Enumerable.Range(0, 50).Select(i => (byte)(i % 3))], [4, 5], 3, new PixelScale(33.318f, 78.567f));
        source = isSubset ? new RowSubset(source, [.. Enumerable.Range(0, 50).Reverse()]) : source;
        int[] rows = [49, 0, 17, 17];
        var lent = new SampleBatch { TakesBytes = true };

        source.Read(rows, lent);

        SampleBatch floats = Samples.Read(source, rows);
        Assert.True(lent.IsBytes);
        Assert.Equal(floats.Labels.ToArray(), lent.Labels.ToArray());
        float[] values = new float[20];
        for (int i = 0; i < rows.Length; i++)
        {
            ByteRows bytes = lent.Bytes;
            ByteFloats.Convert(bytes.Table.Slice(bytes.Starts[i], 20), values, bytes.Centre, bytes.Scale);
            Assert.Equal(floats.Dense.Slice(i * 20, 20).ToArray(), values);
        }
    }

    [Fact]
    public void Planes_with_scales_of_their_own_are_made_floats_whatever_the_batch_takes()
    {
        var source = new ByteSource([1, 2], [0], [2, 1, 1], 2, new PixelScale(0, 1), new PixelScale(0, 2));
        var batch = new SampleBatch { TakesBytes = true };

        source.Read([0], batch);

        Assert.False(batch.IsBytes);
        Assert.Equal([1, 1], batch.Dense.ToArray());
    }

    [Fact]
    public void A_row_outside_the_set_is_a_callers_bug()
    {
        var source = new ByteSource(new byte[2], [0, 1], [1], 2, new PixelScale(0, 255));
        var subset = new RowSubset(source, [1]);

        Assert.Throws<ArgumentOutOfRangeException>(() => Samples.Read(source, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Samples.Read(source, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Samples.Read(subset, 1));
    }

    private static void AssertFormula(byte[] bytes, float[] floats, float centre, float spread)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            Assert.Equal(
                BitConverter.SingleToInt32Bits((bytes[i] - centre) * (1f / spread)), BitConverter.SingleToInt32Bits(floats[i]));
        }
    }
}
