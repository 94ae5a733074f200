using Microsoft.Extensions.Logging.Abstractions;
using OrleansSgd.Cluster.Tests.Parts;
using OrleansSgd.Core.Scaling;
using OrleansSgd.Silo.Scaling;

namespace OrleansSgd.Cluster.Tests.Scaling;

/// <summary>Goal: silos follow the policy, and a grid that does not answer or follow is asked again. Method: a scripted grid and clock.</summary>
public sealed class AutoscalerTests
{
    private static readonly ScalingOptions Options = new() { Plan = new() { SilosMax = 8, CoolDown = TimeSpan.FromSeconds(8) } };

    [Fact]
    public async Task Silos_follow_while_they_pay_and_go_when_the_work_is_done()
    {
        var script = new ScriptedGrid.Script { Total = 1_000_000 };
        var counts = new List<int>();
        using var autoscaler = Create(script, wanted =>
        {
            counts.Add(script.Silos = wanted);
            return Task.CompletedTask;
        });

        for (int second = 0; second < 200; second++)
        {
            script.Used = second < 150 ? script.Used + (100 * script.Silos) : script.Total;
            Assert.NotNull(await autoscaler.ObserveAsync());
        }

        Assert.Equal([2, 4, 8, 1], counts);
    }

    [Fact]
    public async Task A_grid_that_does_not_answer_leaves_the_decision_as_it_was()
    {
        var script = new ScriptedGrid.Script { Total = 10 };
        using var autoscaler = Create(script, _ => Task.CompletedTask);
        await autoscaler.ObserveAsync();
        ScalingDecision? before = autoscaler.Latest;

        script.IsAway = true;

        Assert.Null(await autoscaler.ObserveAsync());
        Assert.Equal(before, autoscaler.Latest);
        script.IsAway = false;
        Assert.NotNull(await autoscaler.ObserveAsync());
    }

    [Fact]
    public async Task A_change_that_fails_is_asked_for_again()
    {
        var script = new ScriptedGrid.Script { Silos = 9, Total = 1000 };
        int tries = 0;
        using var autoscaler = Create(script, wanted =>
        {
            script.Silos = ++tries < 3 ? script.Silos : wanted;
            return tries < 3 ? Task.FromException(new IOException("No machine is free.")) : Task.CompletedTask;
        });

        for (int look = 0; look < 5; look++)
        {
            await autoscaler.ObserveAsync();
        }

        Assert.Equal((3, 8), (tries, script.Silos));
    }

    [Fact]
    public void Options_with_mistakes_are_refused_with_all_of_them()
    {
        ScalingOptions options = new() { Period = TimeSpan.Zero, Port = -1, Address = "here", Plan = new() { SilosMin = 0 } };

        ArgumentException refusal = Assert.Throws<ArgumentException>(
            () => new Autoscaler(() => ScriptedGrid.Of(new()), options, TimeProvider.System, NullLogger.Instance));

        Assert.Equal(
            [
                "Scaling:Period is 00:00:00; use 100 ms to 1 h.",
                "Scaling:Port is -1; use 0 to 65535.",
                "Scaling:Address is 'here'; use an IP address, such as 127.0.0.1 or 0.0.0.0.",
                "Scaling:Plan.silosMin is 0; use 1 to 10000.",
            ],
            options.Mistakes());
        Assert.All(options.Mistakes(), mistake => Assert.Contains(mistake, refusal.Message, StringComparison.Ordinal));
    }

    private static Autoscaler Create(ScriptedGrid.Script script, Func<int, Task> actuate) =>
        new(() => ScriptedGrid.Of(script), Options, new SteppingTime(1), NullLogger.Instance, actuate);
}
