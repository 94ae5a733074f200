using OrleansSgd.Core.Membership;
using OrleansSgd.Dashboard.Feeds;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Dashboard.Tests.Feeds;

/// <summary>Goal: a map tells of every move once, and of nothing else. Method: two pictures, by hand.</summary>
public sealed class PlacementMoveTests
{
    private static readonly JobMembers Before = ScriptedGrid.Script.Placed(2, 2, "a", "b");

    [Fact]
    public void The_first_picture_and_an_equal_one_have_no_moves()
    {
        Assert.Empty(PlacementMove.Between("j", null, Before, 1));
        Assert.Empty(PlacementMove.Between("j", Before, ScriptedGrid.Script.Placed(2, 2, "a", "b"), 1));
    }

    [Fact]
    public void Members_of_a_lost_silo_move_with_their_new_lives()
    {
        JobMembers after = Before with
        {
            Shards = [Before.Shards[0], new("a", 2, MemberState.Starting)],
            Workers = [Before.Workers[0], new(null, 1, MemberState.Absent)],
        };

        Assert.Equal(
            [new(5, "j", "shard 1", "b", "a", 2), new(6, "j", "worker 1", "b", null, 1)],
            PlacementMove.Between("j", Before, after, 5));
    }

    [Fact]
    public void A_coordinator_that_is_somewhere_else_has_moved() =>
        Assert.Equal([new(1, "j", "coordinator", "a", "b", 0)], PlacementMove.Between("j", Before, Before with { Coordinator = "b" }, 1));

    [Fact]
    public void Being_placed_first_and_the_end_of_a_run_are_no_moves()
    {
        JobMembers unplaced = Before with { Shards = [new(null, 0, MemberState.Absent), new(null, 0, MemberState.Absent)] };

        Assert.Empty(PlacementMove.Between("j", unplaced, Before, 1));
        Assert.Empty(PlacementMove.Between("j", Before, Before with { Shards = [], Workers = [] }, 1));
    }
}
