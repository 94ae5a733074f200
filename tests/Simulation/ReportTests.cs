using OrleansSgd.Core.Runs;
using OrleansSgd.Simulator.Faults;

namespace OrleansSgd.Simulation;

/// <summary>What somebody gets who runs a seed again.</summary>
public class ReportTests
{
    [Theory]
    [InlineData(RunPlan.Async)]
    [InlineData(RunPlan.Bsp)]
    [InlineData(RunPlan.Adaptive)]
    public void Equal_seeds_give_equal_reports(string mode)
    {
        FaultReport report = FaultSimulation.Run(mode, 7);
        FaultReport again = FaultSimulation.Run(mode, 7);

        Assert.Empty(report.Findings);
        Assert.StartsWith($"seed 7, {mode}: ", report.FirstLine, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', report.FirstLine);
        Assert.Equal((report.FirstLine, report.Events, report.Summary), (again.FirstLine, again.Events, again.Summary));
    }

    [Fact]
    public void Mode_that_there_is_not_is_named_with_those_that_there_are()
    {
        var error = Assert.Throws<ArgumentException>(() => FaultSimulation.Run("turbo", 1));

        Assert.Contains("'turbo' is not one of async, bsp", error.Message, StringComparison.Ordinal);
    }
}
