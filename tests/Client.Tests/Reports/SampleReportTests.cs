using System.Text.Json;
using OrleansSgd.Client.Reports;
using OrleansSgd.Core.Scheduling;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Client.Tests.Reports;

public sealed class SampleReportTests
{
    private static readonly SampleCounts Once = new(60_000, 0, 0, []);

    private static readonly SampleCounts Mixed = SampleCounts.Of(
        new SampleTotals(59_700, 100, 200, [(SampleReason.Void, 64), (SampleReason.SlotRepeated, 100), (SampleReason.Lost, 200)]), unplaced: 0);

    private static readonly JobEvent Slow = new("straggler", 2.5, 40, Silo: "127.0.0.1:1@2", Worker: 3, Ratio: 9.75);

    [Fact]
    public void An_epoch_whose_samples_were_all_used_once_says_only_that() => Assert.Equal(
        "epoch 1 done: test accuracy 87.50 %, test loss 0.25; 60 000 samples: 60 000 once",
        TrainText.Evaluation(Sample.Evaluated with { Samples = Once }));

    [Fact]
    public void Every_exception_has_its_count_and_its_reason() => Assert.Equal(
        "60 000 samples: 59 700 once, 100 twice, 200 not at all or not wholly "
        + "(64 used once, at the second try: their worker died before any shard had the first update; "
        + "100 computed twice: a shard lacked the update of their slot; each shard has one of the two; "
        + "200 lost: a shard died with its part of the update, and nobody could replay it)",
        TrainText.Samples(Mixed));

    [Fact]
    public void Lost_updates_without_a_place_are_said_as_well() => Assert.EndsWith(
        "(2 updates lost so late that their samples are not known any more and count as used)",
        TrainText.Samples(SampleCounts.Of(new SampleTotals(10, 0, 0, []), unplaced: 2)), StringComparison.Ordinal);

    [Fact]
    public void Events_carry_the_counts_and_the_reasons()
    {
        string output = Print(report =>
        {
            report.Evaluated(Sample.Evaluated with { Samples = Once });
            report.Straggling(Slow);
            report.Ended(Sample.Ended(Sample.Completed with { SampleUses = Mixed }));
        });

        Assert.Empty(EventChecker.Mistakes(output));
        string[] lines = output.Split('\n');
        Assert.Equal("""{"event":"straggler","seconds":2.5,"worker":3,"silo":"127.0.0.1:1@2","ratio":9.75}""", lines[1]);
        JsonElement epoch = JsonDocument.Parse(lines[0]).RootElement;
        Assert.Equal(60_000, epoch.GetProperty("samplesOnce").GetInt64());
        Assert.False(epoch.TryGetProperty("sampleReasons", out _));
        JsonElement completed = JsonDocument.Parse(lines[2]).RootElement;
        Assert.Equal("""{"void":64,"slot-repeated":100,"lost":200}""", completed.GetProperty("sampleReasons").GetRawText());
        Assert.Equal((100, 200), (completed.GetProperty("samplesTwice").GetInt64(), completed.GetProperty("samplesNone").GetInt64()));
    }

    [Theory]
    [InlineData("""{"event":"evaluated","seconds":1,"tickets":1,"sampleReasons":{"lost":0}}""", "is no reasons")]
    [InlineData("""{"event":"evaluated","seconds":1,"tickets":1,"sampleReasons":["lost"]}""", "is no reasons")]
    [InlineData("""{"event":"straggler","seconds":1,"silo":"s","ratio":4}""", "lacks worker")]
    public void The_checker_catches_a_planted_mistake(string output, string mistake) =>
        Assert.Contains(EventChecker.Mistakes(output), found => found.Contains(mistake, StringComparison.Ordinal));

    [Fact]
    public void A_straggler_is_told_with_what_it_means()
    {
        using var output = new StringWriter();
        new PlainTrainReport(new Terminal(output, TextWriter.Null, false, static _ => null, TimeProvider.System)).Straggling(Slow);

        Assert.Equal(
            "    2.5 s  worker 3 on silo 127.0.0.1:1@2 takes 9.8 times as long for a step as the others; it gets less to do\n", output.ToString());
    }

    private static string Print(Action<ITrainReport> happenings)
    {
        using var output = new StringWriter();
        happenings(new JsonTrainReport(new Terminal(output, TextWriter.Null, false, static _ => null, TimeProvider.System)));
        return output.ToString();
    }
}
