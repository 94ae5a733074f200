using System.Globalization;
using System.Text.Json;
using OrleansSgd.Client.Reports;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;

namespace OrleansSgd.Client.Tests.Reports;

public sealed class EventTests
{
    [Fact]
    public void Every_event_of_a_run_keeps_to_the_published_fields() => Assert.Empty(EventChecker.Mistakes(Print(report =>
    {
        report.Started(Sample.Started);
        report.Progressed(new ProgressFacts(Sample.Running, 1000, 3));
        report.Evaluated(Sample.Evaluated);
        report.MembershipChanged(Sample.Left);
        report.Ended(new EndedFacts(Sample.Started, Sample.Completed, Sample.Evaluated, "runs/tiny-1/model.safetensors"));
    })));

    [Fact]
    public void What_is_not_known_is_left_out()
    {
        string output = Print(report =>
        {
            report.Progressed(new ProgressFacts(new JobProgress { Phase = JobPhase.Running, SamplesPerEpoch = 10 }, double.NaN, double.NaN));
            report.Ended(new EndedFacts(null, new JobProgress { Phase = JobPhase.Cancelled }, null, null));
        });

        Assert.Empty(EventChecker.Mistakes(output));
        Assert.Equal(
            ["event", "seconds", "tickets", "epoch", "bytesPushed", "bytesPulled"],
            JsonDocument.Parse(output.Split('\n')[0]).RootElement.EnumerateObject().Select(field => field.Name));
        Assert.DoesNotContain("NaN", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_are_written_the_same_in_every_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = new NumberFormatInfo { NumberDecimalSeparator = "," } };
            string output = Print(report => report.Evaluated(Sample.Evaluated));

            Assert.Contains("\"testAccuracy\":0.875", output, StringComparison.Ordinal);
            Assert.Equal("87.50 %", Figures.Percent(0.875));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("""{"event":"failed","error":"x"}""", "lacks code")]
    [InlineData("""{"event":"failed","error":"x","code":"2"}""", "is no whole")]
    [InlineData("""{"event":"failed","error":"x","code":2,"reason":"y"}""", "unknown field reason")]
    [InlineData("""{"event":"evaluated","seconds":1,"tickets":1}""", "closes nothing")]
    [InlineData("{\"event\":\"failed\",\"error\":\"x\",\"code\":2}\n{\"event\":\"failed\",\"error\":\"x\",\"code\":2}", "is not the last")]
    [InlineData("""{"event":"finished"}""", "unknown event")]
    [InlineData("Training tiny", "not JSON")]
    [InlineData("", "no event")]
    public void The_checker_catches_a_planted_mistake(string output, string mistake) =>
        Assert.Contains(EventChecker.Mistakes(output), found => found.Contains(mistake, StringComparison.Ordinal));

    private static string Print(Action<ITrainReport> happenings)
    {
        using var output = new StringWriter();
        happenings(new JsonTrainReport(new Terminal(output, TextWriter.Null, false, static _ => null, TimeProvider.System)));
        return output.ToString();
    }
}

/// <summary>Moments of an imagined run.</summary>
internal static class Sample
{
    public static readonly StartedFacts Started = new("tiny-1", new JobPlan { Name = "tiny" }, 2, 33);

    public static readonly JobProgress Running = new()
    {
        Phase = JobPhase.Running,
        Seconds = 1.5,
        Silos = 2,
        WorkersLive = 2,
        Tickets = 40,
        Samples = 400,
        SamplesTotal = 1200,
        SamplesPerEpoch = 600,
        Loss = 0.5,
        DelayMean = 0.75,
        DelayMax = 3,
        Updates = 38,
        BytesPushed = 1000,
        BytesPulled = 2000,
    };

    public static readonly JobProgress Completed = Running with
    {
        Phase = JobPhase.Completed,
        Samples = 1200,
        UpdatesLost = 2,
        SamplesRepeated = 20,
        RecoverySecondsMax = 0.5,
    };

    public static readonly JobEvent Evaluated = new("evaluated", 1.25, 30, 1, 0.25, 0.875);

    public static readonly JobEvent Left = new("left", 1.4, 36, Silo: "127.0.0.1:1@2", WorkersMoved: 1, ShardsMoved: 1);
}
