using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Core.Tests.Vectors;

/// <summary>Asking for memory changes nothing and reads nothing, whatever range it is.</summary>
public class CacheLinesTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1000, 0)]
    [InlineData(999, 1)]
    [InlineData(3, 16)]
    [InlineData(0, 1000)]
    public void Asking_for_a_range_leaves_it_as_it_was(int start, int length)
    {
        int[] values = [.. Enumerable.Range(0, 1000)];

        CacheLines.Announce<int>(values.AsSpan(start, length));

        Assert.Equal(Enumerable.Range(0, 1000), values);
    }
}
