using OrleansSgd.Core.Chaos;
using OrleansSgd.Core.Randomness;

namespace OrleansSgd.Core.Tests.Chaos;

/// <summary>Goal: who is hit follows from the script and its seed alone.</summary>
public sealed class ChaosTargetTests
{
    private static readonly int[] Up = [0, 2, 5];

    [Theory]
    [InlineData("2", 0, 2)]
    [InlineData("3", 0, null)]
    [InlineData("coordinator", 5, 5)]
    [InlineData("coordinator", -1, null)]
    [InlineData("coordinator", 3, null)]
    public void Silo_that_is_named_is_found_if_it_is_up(string text, int coordinator, int? silo)
    {
        Assert.True(ChaosTarget.TryParse(text, out ChaosTarget target));
        Assert.Equal(silo, target.Find(Up, coordinator, new SeededRandom(1)));
        Assert.Equal(text, target.ToString());
    }

    [Fact]
    public void Member_is_any_silo_but_the_coordinators_and_random_is_any()
    {
        var members = new HashSet<int?>();
        var all = new HashSet<int?>();
        for (ulong seed = 0; seed < 100; seed++)
        {
            members.Add(ChaosTarget.Member.Find(Up, 2, new SeededRandom(seed)));
            all.Add(ChaosTarget.Random.Find(Up, 2, new SeededRandom(seed)));
        }

        Assert.Equal([0, 5], members.Order());
        Assert.Equal([0, 2, 5], all.Order());
        Assert.Null(ChaosTarget.Member.Find([2], 2, new SeededRandom(1)));
        Assert.Null(ChaosTarget.Random.Find([], 2, new SeededRandom(1)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("leader")]
    [InlineData("1.5")]
    public void Word_that_names_no_silo_is_refused(string text) => Assert.False(ChaosTarget.TryParse(text, out _));
}
