using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Scheduling.Gates;
using OrleansSgd.Core.Tests.Consistency;

namespace OrleansSgd.Core.Tests.Scheduling.Gates;

public class EarlierMinimumTests
{
    [Fact]
    public void Least_before_a_place_is_that_of_a_plain_scan() => SeedLaw.ForAll(seed =>
    {
        SeededRandom random = new(seed);
        EarlierMinimum minimum = new(1 + random.NextInt(40));
        double[] values = new double[minimum.PlaceCount];
        Array.Fill(values, double.PositiveInfinity);
        for (int i = 0; i < 100; i++)
        {
            int place = random.NextInt(values.Length);
            values[place] = random.NextInt(3) == 0 ? double.PositiveInfinity : random.NextInt(20);
            minimum.Set(place, values[place]);
            int asked = random.NextInt(values.Length);

            Assert.Equal(values.Take(asked).Append(double.PositiveInfinity).Min(), minimum.Before(asked));
            Assert.Equal(values.Min(), minimum.Least);
            Assert.Equal(Array.IndexOf(values, values.Min()), minimum.LeastPlace());
            Assert.Equal(values[asked], minimum[asked]);
        }
    });
}
