using System.Runtime.InteropServices;
using TorchSharp;

namespace OrleansSgd.Torch.Tests.Tensors;

/// <summary>What libtorch refuses is an exception with its own words, and nothing else breaks.</summary>
public sealed class FailureTests
{
    [Fact]
    public void Shapes_that_do_not_fit_are_named()
    {
        using var x = torch.zeros(2, 3);
        using var y = torch.zeros(4, 5);
        var error = Assert.Throws<ExternalException>(() => x.mm(y));
        Assert.Contains("2x3 and 4x5", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<ExternalException>(() => x.add_(y));
        Assert.Contains("size of tensor", error.Message, StringComparison.Ordinal);
        Assert.Equal(0f, x.sum().ToSingle());
    }

    [Fact]
    public void Second_backward_through_a_freed_graph_is_refused()
    {
        using var scope = torch.NewDisposeScope();
        var x = torch.ones(2, requires_grad: true);
        var loss = (x * x).sum();
        loss.backward();
        var error = Assert.Throws<ExternalException>(() => loss.backward());
        Assert.Contains("second time", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_memory_than_there_is_says_how_much_was_asked_for()
    {
        var error = Assert.Throws<ExternalException>(() => torch.empty(1L << 44));
        Assert.Contains("not enough memory", error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("70368744177664", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_thread_gets_the_message_of_its_own_failure()
    {
        var messages = await Task.WhenAll(Enumerable.Range(1, 2).Select(kind => Task.Factory.StartNew(
            () =>
            {
                var own = new HashSet<string>();
                for (var i = 0; i < 500; i++)
                {
                    using var x = torch.zeros(kind, kind);
                    using var y = torch.zeros(7, 7);
                    own.Add(Assert.Throws<ExternalException>(() => x.mm(y)).Message);
                }

                return own;
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        Assert.Contains("1x1 and 7x7", Assert.Single(messages[0]), StringComparison.Ordinal);
        Assert.Contains("2x2 and 7x7", Assert.Single(messages[1]), StringComparison.Ordinal);
    }
}
