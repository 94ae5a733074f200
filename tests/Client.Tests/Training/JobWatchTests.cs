using OrleansSgd.Client.Reports;
using OrleansSgd.Client.Tests.Reports;
using OrleansSgd.Client.Training;
using OrleansSgd.Client.Verbs;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;

namespace OrleansSgd.Client.Tests.Training;

public sealed class JobWatchTests
{
    private static readonly JobProgress Running = Sample.Running with { Parameters = 33 };

    [Fact]
    public async Task Every_alarm_and_every_warning_is_told_once_and_at_once()
    {
        (string[] lines, _) = await WatchAsync(
            Running,
            Running with { Seconds = 2, Alarms = ["one"], Warnings = ["slow"] },
            Running with { Seconds = 3, Alarms = ["one"], Warnings = ["slow"] },
            Running with { Seconds = 4, Alarms = ["one", "two"], Warnings = ["slow"] },
            Sample.Completed with { Parameters = 33, Seconds = 5, Alarms = ["one", "two", "three"], Warnings = ["slow"] });

        Assert.Equal(
            [
                "    2.0 s  warning: a check does not hold: one",
                "    2.0 s  note: slow",
                "    4.0 s  warning: a check does not hold: two",
                "    5.0 s  warning: a check does not hold: three",
            ],
            lines.Where(line => line.Contains("warning:", StringComparison.Ordinal) || line.Contains("note:", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_completed_run_with_an_alarm_is_done_but_a_check_does_not_hold()
    {
        (_, WatchOutcome outcome) = await WatchAsync(Running, Sample.Completed with { Parameters = 33, Alarms = ["Shard 1 is off by 3."] });

        JobProgress ended = Assert.IsType<WatchOutcome.Ended>(outcome).Progress;
        Assert.Equal(
            new Failure(ExitCodes.CheckFailed, "The run is done, but 1 check does not hold: Shard 1 is off by 3."), TrainVerb.Unmet(ended));
        Assert.Null(TrainVerb.Unmet(ended with { Alarms = [], Warnings = ["slow"] }));
        Assert.Null(TrainVerb.Unmet(Sample.Voided));
        Assert.Equal(ExitCodes.Interrupted, TrainVerb.Unmet(ended with { Phase = JobPhase.Cancelled })!.Code);
    }

    [Fact]
    public void The_exit_code_of_a_failed_check_comes_without_a_second_closing_event()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var terminal = new Terminal(output, error, false, static _ => null, TimeProvider.System);

        int exitCode = Verdict.CheckFailed(terminal, new Failure(ExitCodes.CheckFailed, "The run is done, but 1 check does not hold: x."));

        Assert.Equal((1, "", "grid: The run is done, but 1 check does not hold: x.\n"), (exitCode, output.ToString(), error.ToString()));
    }

    private static async Task<(string[] Lines, WatchOutcome Outcome)> WatchAsync(params JobProgress[] script)
    {
        using var output = new StringWriter();
        var report = new PlainTrainReport(new Terminal(output, TextWriter.Null, false, static _ => null, TimeProvider.System));
        WatchOutcome outcome = await new JobWatch(ScriptedGrid.Of(script), report, new HurriedTime())
            .RunAsync(new JobPlan { Name = "tiny" }, CancellationToken.None);
        return (output.ToString().Split('\n'), outcome);
    }
}
