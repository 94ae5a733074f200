using System.Runtime.Intrinsics.X86;
using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Frames;
using Xunit.Sdk;

namespace OrleansSgd.Core.Tests.Codecs;

/// <summary>Goal: cut and choice are those of a sort on every processor. Method: each form against a sort, over vectors full of ties.</summary>
public sealed class ChoosingLoopsTests
{
    private delegate void Choice(
        ReadOnlySpan<float> values, ReadOnlySpan<int> coordinates, MagnitudeThreshold threshold, CoordinateValues chosen);

    private static readonly Arbitrary<(float[] Values, int Count)> Inputs =
        (from length in Gen.Choose(1, 150)
         from values in Gen.OneOf(OddFloats.Finite(length), Gen.Elements(1f, -1f, 0.5f).ArrayOf(length), Gen.Constant(new float[length]))
         from count in Gen.Choose(1, length)
         select (values, count)).ToArbitrary();

    [Fact]
    public void Choice_is_that_of_a_sort_with_ties_to_the_lower_index() =>
        Prop.ForAll(Inputs, input =>
        {
            Check(ChoosingLoops.ChooseNarrow, input.Values, input.Count);
            Check(ChoosingLoops.Choose, input.Values, input.Count);
            if (Avx512F.IsSupported)
            {
                Check(ChoosingLoops.ChooseWide, input.Values, input.Count);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Cut_does_not_depend_on_how_close_the_range_is_told() =>
        Prop.ForAll(Inputs, input =>
        {
            int[] histogram = new int[MagnitudeThreshold.HistogramLength];
            int[] magnitudes = [.. input.Values.Select(FloatBits.Magnitude)];
            MagnitudeThreshold expected = CutOf(magnitudes, input.Count);
            foreach (int least in new[] { 0, magnitudes.Min() / 2, magnitudes.Min() })
            {
                foreach (int most in new[] { magnitudes.Max(), FloatBits.NonFinite - 1, FloatBits.MagnitudeMask })
                {
                    Assert.Equal(expected, MagnitudeThreshold.Find(input.Values, input.Count, histogram, least, most));
                }
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Choice_that_takes_a_tie_too_few_is_caught() => Assert.ThrowsAny<XunitException>(() => Check(
        (values, coordinates, threshold, chosen) =>
            ChoosingLoops.Choose(values, coordinates, threshold with { TieCount = threshold.TieCount - 1 }, chosen),
        [1, 1, 1, 2], 2));

    [Fact]
    public void Choice_that_gives_ties_to_the_higher_index_is_caught() => Assert.ThrowsAny<XunitException>(() => Check(
        (values, coordinates, threshold, chosen) =>
        {
            chosen.Count = 2;
            (chosen.CoordinateRoom[0], chosen.CoordinateRoom[1]) = (7, 10);
            (chosen.ValueRoom[0], chosen.ValueRoom[1]) = (1, 2);
        },
        [1, 1, 1, 2], 2));

    [Fact]
    public void Vector_of_millions_whose_sample_is_thinner_is_selected_as_a_sort_would()
    {
        const int Dimension = 3_000_000;
        const int Count = 30_000;
        float[] gradient = Gradients.Bell(Dimension, 11);
        int[] magnitudes = [.. gradient.Select(FloatBits.Magnitude)];
        Array.Sort(magnitudes);
        int cut = magnitudes[^Count];
        LargestCoordinates largest = new(Dimension, Count);

        Assert.True(largest.TrySelect(gradient, 1, [], new float[Dimension]));

        int above = Enumerable.Range(0, Dimension).Count(i => FloatBits.Magnitude(gradient[i]) > cut);
        int ties = Count - above;
        int[] expected = [.. Enumerable.Range(0, Dimension).Where(i => FloatBits.Magnitude(gradient[i]) is int own && (own > cut || (own == cut && ties-- > 0)))];
        Assert.True(largest.Selected.SequenceEqual(expected));
    }

    private static void Check(Choice choose, float[] values, int count)
    {
        int[] histogram = new int[MagnitudeThreshold.HistogramLength];
        MagnitudeThreshold threshold = MagnitudeThreshold.Find(values, count, histogram, 0, FloatBits.NonFinite - 1);
        int[] expected =
        [
            .. Enumerable.Range(0, values.Length).Where(i => values[i] != 0)
                .OrderByDescending(i => FloatBits.Magnitude(values[i])).ThenBy(i => i).Take(count).Order(),
        ];
        int[] names = [.. Enumerable.Range(0, values.Length).Select(i => (3 * i) + 1)];
        CoordinateValues chosen = new(count);
        foreach (int[] coordinates in new[] { [], names })
        {
            choose(values, coordinates, threshold, chosen);
            Assert.Equal(expected.Select(i => coordinates.Length == 0 ? i : names[i]), chosen.Coordinates.ToArray());
            Assert.Equal(
                expected.Select(i => BitConverter.SingleToInt32Bits(values[i])), chosen.Values.ToArray().Select(BitConverter.SingleToInt32Bits));
        }
    }

    // Zeros are never chosen: a cut among them says that everything above is.
    private static MagnitudeThreshold CutOf(int[] magnitudes, int count)
    {
        int cut = magnitudes.OrderDescending().ElementAt(count - 1);
        return cut == 0 ? new(0, 0) : new(cut, count - magnitudes.Count(one => one > cut));
    }
}
