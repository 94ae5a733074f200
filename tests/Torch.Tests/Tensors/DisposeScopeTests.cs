using TorchSharp;

namespace OrleansSgd.Torch.Tests.Tensors;

/// <summary>Who frees which tensor. The counts are of the thread that runs the test.</summary>
public sealed class DisposeScopeTests
{
    [Fact]
    public void Scope_frees_what_was_made_in_it_and_nothing_else()
    {
        using var before = torch.zeros(2);
        var live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        torch.Tensor made;
        using (torch.NewDisposeScope())
        {
            made = before + 1;
            _ = made.sum().exp();
        }

        Assert.True(made.IsInvalid);
        Assert.False(before.IsInvalid);
        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Tensor_moved_outward_lives_as_long_as_the_scope_around()
    {
        torch.Tensor kept, detached;
        using (var outer = torch.NewDisposeScope())
        {
            using (torch.NewDisposeScope())
            {
                kept = torch.ones(2).MoveToOuterDisposeScope();
                detached = torch.ones(2).DetachFromDisposeScope();
            }

            Assert.False(kept.IsInvalid);
            Assert.True(outer.Contains(kept));
            Assert.Equal(1, outer.DisposablesCount);
        }

        Assert.True(kept.IsInvalid);
        Assert.False(detached.IsInvalid);
        detached.Dispose();
    }

    [Fact]
    public void Tensors_disposed_by_hand_leave_their_scope_in_any_order()
    {
        using var scope = torch.NewDisposeScope();
        var tensors = Enumerable.Range(0, 5).Select(_ => torch.zeros(1)).ToArray();
        tensors[1].Dispose();
        tensors[4].Dispose();
        tensors[0].Dispose();
        Assert.Equal(new HashSet<IDisposable> { tensors[2], tensors[3] }, scope.DisposablesView.ToHashSet());
        scope.DisposeEverythingBut(tensors[3]);
        Assert.True(tensors[2].IsInvalid);
        Assert.Equal([tensors[3]], scope.DisposablesView);
    }

    [Fact]
    public void Scopes_may_end_in_another_order_than_they_began()
    {
        var outer = torch.NewDisposeScope();
        var inner = torch.NewDisposeScope();
        outer.Dispose();
        var tensor = torch.zeros(1);
        Assert.True(inner.Contains(tensor));
        inner.Dispose();
        Assert.True(tensor.IsInvalid);
        Assert.Null(torch.CurrentDisposeScope);
    }

    [Fact]
    public void Scope_that_is_over_refuses_to_be_used()
    {
        var scope = torch.NewDisposeScope();
        scope.Dispose();
        Assert.Throws<ObjectDisposedException>(() => scope.DisposablesCount);
        scope.Dispose();
    }
}
