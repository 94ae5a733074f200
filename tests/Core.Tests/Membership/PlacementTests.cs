using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Membership;

namespace OrleansSgd.Core.Tests.Membership;

public class PlacementTests
{
    private static readonly Arbitrary<(string?[] Current, string[] Silos)> Rosters =
        (from siloCount in Gen.Choose(1, 6)
         from current in Gen.ArrayOf(Gen.Elements(null, "s0", "s1", "s2", "s3", "gone"))
         select (current, Enumerable.Range(0, siloCount).Select(i => $"s{i}").ToArray())).ToArbitrary();

    [Fact]
    public void Whoever_lives_stays_and_the_others_go_to_the_lightest_silos() =>
        Prop.ForAll(Rosters, roster =>
        {
            string[] placed = Placement.Spread(roster.Current, roster.Silos);
            return Mistake(roster.Current, roster.Silos, placed) is null;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Spread_that_moves_the_living_or_piles_up_is_caught()
    {
        Assert.NotNull(Mistake(["s0"], ["s0", "s1"], ["s1"]));
        Assert.NotNull(Mistake([null, null], ["s0", "s1"], ["s0", "s0"]));
        Assert.NotNull(Mistake(["gone"], ["s0"], ["gone"]));
    }

    [Fact]
    public void Ties_go_to_the_first_silo() =>
        Assert.Equal(["a", "b", "c", "a"], Placement.Spread([null, null, null, null], ["a", "b", "c"]));

    [Fact]
    public void Members_of_a_silo_that_is_gone_are_shared_by_the_rest() =>
        Assert.Equal(["a", "a", "b", "b"], Placement.Spread(["a", "gone", "b", "gone"], ["a", "b"]));

    [Fact]
    public void Nowhere_to_go_is_a_bug_of_the_caller() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Placement.Spread([null], []));

    [Fact]
    public void Balance_moves_no_more_than_it_must_and_leaves_no_silo_two_above_another() =>
        Prop.ForAll(Rosters, roster =>
        {
            string?[] moved = [.. roster.Current];
            IReadOnlyList<(int Member, string Silo)> moves = Placement.Balance(roster.Current, roster.Silos);
            foreach ((int member, string silo) in moves)
            {
                moved[member] = silo;
            }

            int[] before = [.. roster.Silos.Select(silo => roster.Current.Count(one => one == silo))];
            int[] after = [.. roster.Silos.Select(silo => moved.Count(one => one == silo))];
            int least = before.Zip(after, (had, has) => Math.Max(0, had - has)).Sum();
            return after.Max() - after.Min() <= 1 && before.Sum() == after.Sum() && moves.Count == least;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void New_silo_takes_its_share() =>
        Assert.Equal([(4, "c")], Placement.Balance(["a", "a", "b", "b", "b"], ["a", "b", "c"]).Take(1));

    [Fact]
    public void Keeper_goes_to_another_silo_than_its_worker_or_nowhere()
    {
        Assert.Equal("b", KeeperPlacement.Choose(0, "a", ["a", "b"]));
        Assert.Equal("c", KeeperPlacement.Choose(1, "a", ["a", "b", "c"]));
        Assert.Equal("b", KeeperPlacement.Choose(2, "a", ["a", "b", "c"]));
        Assert.Null(KeeperPlacement.Choose(0, "a", ["a"]));
    }

    private static string? Mistake(string?[] current, string[] silos, string[] placed)
    {
        if (placed.Length != current.Length || placed.Any(silo => !silos.Contains(silo)))
        {
            return "somebody is nowhere";
        }

        bool[] stays = [.. current.Select(silo => silo is not null && silos.Contains(silo))];
        if (Enumerable.Range(0, placed.Length).Any(i => stays[i] && placed[i] != current[i]))
        {
            return "somebody was moved who could have stayed";
        }

        // A silo that was given somebody must not end up more than one above any other.
        Dictionary<string, int> load = silos.ToDictionary(silo => silo, silo => placed.Count(one => one == silo));
        return Enumerable.Range(0, placed.Length).Any(i => !stays[i] && load[placed[i]] > load.Values.Min() + 1)
            ? "a heavy silo was given more"
            : null;
    }
}
