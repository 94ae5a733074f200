using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Frames;

namespace OrleansSgd.Core.Tests.Frames;

/// <summary>Goal: norms are the same bits on every machine. Method: the order of additions written out, one value at a time.</summary>
public sealed class SquareSumTests
{
    private static readonly Arbitrary<(int Length, int Cut, int Seed)> Shapes =
        (from length in Gen.Choose(0, 200)
         from cut in Gen.Choose(0, length / SquareSum.Lanes)
         from seed in Gen.Choose(0, int.MaxValue)
         select (length, cut * SquareSum.Lanes, seed)).ToArbitrary();

    [Fact]
    public void Value_i_goes_to_lane_i_mod_16_whatever_the_width_of_the_machine_and_however_it_is_cut() =>
        Prop.ForAll(Shapes, shape =>
        {
            Random random = new(shape.Seed);
            float[] values = [.. Enumerable.Range(0, shape.Length).Select(_ => (float)(random.NextDouble() - 0.5))];
            float scale = random.NextSingle();
            SquareSum sum = default;
            sum.AddScaled(values.AsSpan(0, shape.Cut), scale);
            sum.AddScaled(values.AsSpan(shape.Cut), scale);

            Assert.Equal(BitConverter.DoubleToInt64Bits(InOrder(values, scale)), BitConverter.DoubleToInt64Bits(sum.Total));
        }).QuickCheckThrowOnFailure();

    private static double InOrder(float[] values, float scale)
    {
        double[] lanes = new double[SquareSum.Lanes];
        int whole = values.Length / SquareSum.Lanes * SquareSum.Lanes;
        double tail = 0;
        for (int i = 0; i < values.Length; i++)
        {
            float product = values[i] * scale;
            double square = (double)product * product;
            if (i < whole)
            {
                lanes[i % SquareSum.Lanes] += square;
            }
            else
            {
                tail += square;
            }
        }

        double total = 0;
        foreach (double[] four in lanes.Chunk(4))
        {
            total += four[0] + four[1] + four[2] + four[3];
        }

        return total + tail;
    }
}
