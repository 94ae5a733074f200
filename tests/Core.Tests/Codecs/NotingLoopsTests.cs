using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Frames;
using System.Runtime.Intrinsics.X86;
using Xunit.Sdk;

namespace OrleansSgd.Core.Tests.Codecs;

/// <summary>Goal: the pass of a top-k update gives the same on every processor. Method: each form of it against the loop written out.</summary>
public sealed class NotingLoopsTests
{
    private delegate void Pass(
        ReadOnlySpan<float> gradient, float rate, ReadOnlySpan<float> residual, Span<float> sum, int start, int above,
        CoordinateValues noted, ref SquareSum squares);

    private sealed record Input(float[] Gradient, float[] Residual, float Rate, int Cut, int Above);

    private static readonly Arbitrary<Input> Inputs =
        (from length in Gen.Choose(0, 150)
         from gradient in OddFloats.Any(length)
         from residual in Gen.OneOf(OddFloats.Any(length), Gen.Constant(Array.Empty<float>()))
         from rate in Gen.Elements(0f, 1f, 0.3f, 1e-30f)
         from cut in Gen.Choose(0, length / SquareSum.Lanes)
         from limit in OddFloats.Finite(1)
         from above in Gen.Elements(FloatBits.Magnitude(limit[0]), 0, NotingLoops.NothingIsAbove)
         select new Input(gradient, residual, rate, cut * SquareSum.Lanes, above)).ToArbitrary();

    [Fact]
    public void Sum_squares_and_notes_are_those_of_the_loop_written_out() =>
        Prop.ForAll(Inputs, input =>
        {
            Check(AddNarrow, input, new float[input.Gradient.Length]);
            foreach (Pass pass in Avx512F.IsSupported ? [NotingLoops.Add, NotingLoops.AddWide] : new Pass[] { NotingLoops.Add })
            {
                Check(pass, input, new float[input.Gradient.Length]);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Loop_that_notes_what_equals_the_guess_is_caught()
    {
        var input = new Input([1, 2, 3], [], 1, 0, FloatBits.Magnitude(2));

        Assert.ThrowsAny<XunitException>(() => Check(
            (ReadOnlySpan<float> gradient, float rate, ReadOnlySpan<float> residual, Span<float> sum, int start, int above,
                CoordinateValues noted, ref SquareSum squares) =>
                NotingLoops.Add(gradient, rate, residual, sum, start, above - 1, noted, ref squares),
            input, new float[3]));
    }

    [Fact]
    public void Notes_of_a_full_list_stay_inside_it()
    {
        CoordinateValues noted = new(20);
        float[] gradient = Gradients.Bell(20, 1);
        SquareSum squares = default;
        NotingLoops.Add(gradient, 1, [], new float[20], 0, 0, noted, ref squares);
        NotingLoops.Add(gradient, 1, [], new float[20], 20, NotingLoops.NothingIsAbove, noted, ref squares);

        Assert.Equal(Enumerable.Range(0, 20), noted.Coordinates.ToArray());
        Assert.Equal(gradient, noted.Values.ToArray());
    }

    private static void AddNarrow(
        ReadOnlySpan<float> gradient, float rate, ReadOnlySpan<float> residual, Span<float> sum, int start, int above,
        CoordinateValues noted, ref SquareSum squares)
    {
        NotingLoops.AddNarrow(gradient, rate, residual, sum, start, above, noted, ref squares);
    }

    private static void Check(Pass pass, Input input, Span<float> sum)
    {
        const int Start = 1000;
        int length = input.Gradient.Length;
        float[] expected = CodecLaws.SumOf(input.Residual, input.Gradient, input.Rate);
        SquareSum expectedSquares = default;
        expectedSquares.Add(expected);
        int[] places = [.. Enumerable.Range(0, length).Where(i => FloatBits.Magnitude(expected[i]) > input.Above)];
        CoordinateValues noted = new(length);
        SquareSum squares = default;
        foreach ((int start, int end) in new[] { (0, input.Cut), (input.Cut, length) })
        {
            pass(
                input.Gradient.AsSpan(start..end), input.Rate, input.Residual.Length == 0 ? [] : input.Residual.AsSpan(start..end),
                sum[start..end], Start + start, input.Above, noted, ref squares);
        }

        Assert.Equal(expected.Select(BitsOf), sum.ToArray().Select(BitsOf));
        Assert.Equal(BitConverter.DoubleToInt64Bits(Quiet(expectedSquares.Total)), BitConverter.DoubleToInt64Bits(Quiet(squares.Total)));
        Assert.Equal(places.Select(place => place + Start), noted.Coordinates.ToArray());
        Assert.Equal(places.Select(place => BitsOf(expected[place])), noted.Values.ToArray().Select(BitsOf));
    }

    // Which of two NaN an addition hands on is the processor's affair.
    private static int BitsOf(float value) => BitConverter.SingleToInt32Bits(float.IsNaN(value) ? float.NaN : value);

    private static double Quiet(double value) => double.IsNaN(value) ? double.NaN : value;
}
