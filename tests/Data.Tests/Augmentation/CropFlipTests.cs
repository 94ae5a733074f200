using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Samples;
using OrleansSgd.Data.Augmentation;
using OrleansSgd.Testing;

namespace OrleansSgd.Data.Tests.Augmentation;

public class CropFlipTests
{
    private static readonly Arbitrary<int> Side = Gen.Choose(1, 12).ToArbitrary();
    private static readonly Arbitrary<(int Down, int Right)> Moves =
        Gen.Choose(-5, 5).SelectMany(down => Gen.Choose(-5, 5), (down, right) => (down, right)).ToArbitrary();

    [Fact]
    public void A_crop_is_a_shift_with_zeros_behind_it() =>
        Prop.ForAll(Side, Side, Moves, (height, width, move) =>
        {
            float[] plane = Plane(height, width);
            CropFlip.Shift(plane, width, move.Down, move.Right);
            AssertShifted(Plane(height, width), plane, width, move);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_shift_check_catches_a_shift_the_other_way()
    {
        float[] plane = Plane(5, 5);
        CropFlip.Shift(plane, 5, -1, 0);

        Assert.ThrowsAny<Exception>(() => AssertShifted(Plane(5, 5), plane, 5, (1, 0)));
    }

    [Fact]
    public void A_mirror_turns_rows_round_and_twice_is_as_before() =>
        Prop.ForAll(Side, Side, (height, width) =>
        {
            float[] plane = Plane(height, width);
            CropFlip.Mirror(plane, width);
            Assert.Equal(Plane(height, width).Chunk(width).SelectMany(row => row.Reverse()), plane);
            CropFlip.Mirror(plane, width);
            Assert.Equal(Plane(height, width), plane);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void All_planes_of_an_image_are_changed_alike_and_in_the_order_crop_then_flip()
    {
        var transform = new CropFlip(2, 6, 7, crops: true, flips: true, seed: 3);
        int[] rows = [.. Enumerable.Range(0, 50)];
        SampleBatch batch = Batch(rows.Length, 2, 6, 7);

        transform.Apply(batch, rows, epoch: 2);

        for (int i = 0; i < rows.Length; i++)
        {
            ImageChange change = transform.Draw(rows[i], 2);
            for (int channel = 0; channel < 2; channel++)
            {
                float[] expected = Plane(6, 7, (i * 2) + channel);
                CropFlip.Shift(expected, 7, change.Down, change.Right);
                if (change.IsMirrored)
                {
                    CropFlip.Mirror(expected, 7);
                }

                Assert.Equal(expected, batch.Dense.Slice(((i * 2) + channel) * 42, 42).ToArray());
            }
        }
    }

    [Fact]
    public void A_row_is_changed_alike_in_whatever_batch_it_is_and_otherwise_in_another_epoch_or_seed()
    {
        SampleBatch whole = Changed([0, 1, 2, 3, 4, 5, 6, 7], 1, 5);
        SampleBatch part = Changed([0, 1, 2], 1, 5);
        SampleBatch late = Changed([0, 1, 2, 3, 4, 5, 6, 7], 2, 5);
        SampleBatch other = Changed([0, 1, 2, 3, 4, 5, 6, 7], 1, 6);

        Assert.True(part.Dense.SequenceEqual(whole.Dense[..part.Dense.Length]));
        Assert.False(late.Dense.SequenceEqual(whole.Dense));
        Assert.False(other.Dense.SequenceEqual(whole.Dense));

        static SampleBatch Changed(int[] rows, int epoch, ulong seed)
        {
            SampleBatch batch = Batch(rows.Length, 1, 8, 8);
            new CropFlip(1, 8, 8, crops: true, flips: true, seed).Apply(batch, rows, epoch);
            return batch;
        }
    }

    [Theory]
    [InlineData(1UL)]
    [InlineData(20261121UL)]
    public void Each_of_the_162_changes_is_as_likely_across_rows_and_across_epochs(ulong seed)
    {
        var transform = new CropFlip(1, 8, 8, crops: true, flips: true, seed);
        AssertUniform(Enumerable.Range(0, 162_000).Select(row => transform.Draw(row, 4)));
        AssertUniform(Enumerable.Range(0, 162_000).Select(epoch => transform.Draw(77, epoch)));
    }

    [Fact]
    public void The_distribution_check_catches_a_side_that_is_preferred() =>
        Assert.ThrowsAny<Exception>(() => AssertUniform(
            Enumerable.Range(0, 162_000).Select(i => new ImageChange((i % 9) - 4, (i / 9 % 9) - 4, i % 10 < 4))));

    [Fact]
    public void What_is_not_asked_for_is_not_done()
    {
        var crop = new CropFlip(1, 8, 8, crops: true, flips: false, seed: 1);
        var flip = new CropFlip(1, 8, 8, crops: false, flips: true, seed: 1);

        Assert.DoesNotContain(Enumerable.Range(0, 100).Select(row => crop.Draw(row, 0)), change => change.IsMirrored);
        Assert.All(Enumerable.Range(0, 100).Select(row => flip.Draw(row, 0)), change => Assert.Equal((0, 0), (change.Down, change.Right)));
    }

    [Fact]
    public void Changing_allocates_nothing()
    {
        var transform = new CropFlip(3, 32, 32, crops: true, flips: true, seed: 1);
        SampleBatch batch = Batch(64, 3, 32, 32);
        int[] rows = [.. Enumerable.Range(0, 64)];
        transform.Apply(batch, rows, 0);

        Assert.Equal(0, AllocatedBytes.Of(() => transform.Apply(batch, rows, 1)));
    }

    [Fact]
    public void A_plan_makes_what_it_names_and_refuses_samples_that_are_no_images()
    {
        var plan = new DataPlan { Kind = "mnist", Augment = ["flip"] };

        Assert.Null(SampleTransforms.Create(plan with { Augment = null }, [1, 28, 28], 1));
        Assert.Null(SampleTransforms.Create(plan with { Augment = [] }, [784], 1));
        Assert.NotNull(SampleTransforms.Create(plan, [1, 28, 28], 1));
        Assert.Throws<ArgumentException>(() => SampleTransforms.Create(plan, [784], 1));
        Assert.Equal(
            ["data.augment changes images of rank 3 (channels, rows, columns), but a sample is 28 × 28; remove it."],
            plan.MistakesWith("data", [28, 28]));
    }

    private static void AssertUniform(IEnumerable<ImageChange> changes)
    {
        Dictionary<ImageChange, int> counts = changes.GroupBy(change => change).ToDictionary(group => group.Key, group => group.Count());
        double chiSquared = counts.Values.Sum(count => (count - 1000.0) * (count - 1000.0) / 1000);

        // 161 degrees of freedom: mean 161, deviation 18; 270 is six deviations.
        Assert.Equal(162, counts.Count);
        Assert.InRange(chiSquared, 0, 270);
    }

    private static void AssertShifted(float[] before, float[] after, int width, (int Down, int Right) move)
    {
        int height = before.Length / width;
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int row = y + move.Down;
                int column = x + move.Right;
                bool isInside = row >= 0 && row < height && column >= 0 && column < width;
                Assert.Equal(isInside ? before[(row * width) + column] : 0, after[(y * width) + x]);
            }
        }
    }

    private static SampleBatch Batch(int count, int channels, int height, int width)
    {
        var batch = new SampleBatch();
        batch.ResizeDense(count, channels * height * width);
        for (int plane = 0; plane < count * channels; plane++)
        {
            Plane(height, width, plane).CopyTo(batch.Dense[(plane * height * width)..]);
        }

        return batch;
    }

    private static float[] Plane(int height, int width, int salt = 0) =>
        [.. Enumerable.Range(1, height * width).Select(i => (float)(i + (1000 * salt)))];
}
