using OrleansSgd.Certifier.Figures;

namespace OrleansSgd.Certifier.Tests.Figures;

public sealed class StudentLimitTests
{
    // From any printed table of the t distribution, three digits.
    [Theory]
    [InlineData(0.95, 1, 6.314)]
    [InlineData(0.95, 2, 2.920)]
    [InlineData(0.99, 3, 4.541)]
    [InlineData(0.99, 4, 3.747)]
    [InlineData(0.99, 19, 2.539)]
    [InlineData(0.975, 30, 2.042)]
    public void Quantiles_are_those_of_the_tables(double confidence, int degrees, double expected) =>
        Assert.Equal(expected, StudentLimit.Quantile(confidence, degrees), 0.0005);
}
