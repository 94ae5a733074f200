using System.Text;
using OrleansSgd.Client.Pages;
using OrleansSgd.Client.Reports;
using OrleansSgd.Client.Tests.Reports;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Client.Tests.Pages;

/// <summary>Goal: the page says what the events say, whatever they say. Method: stories that are made up, read back as XML.</summary>
public sealed class RunPageTests
{
    private static readonly JobEvent Joined = new("joined", 0, 0, Silo: "127.0.0.1:1@1");

    [Fact]
    public void A_whole_run_has_all_its_parts_in_order()
    {
        PageReader page = PageOf(Whole());

        Assert.Equal(
            ["What was run, and where", "Plots", "Final figures", "Checks that do not hold", "Notes", "Epochs", "What happened", "How to run and certify it again"],
            page.Headings);
        Assert.Equal(["Loss", "Test accuracy", "Throughput", "Gap against its bound", "Certificate", "Delays"], page.PlotTitles);
        Assert.Equal(["completed", "certificate STATISTICAL"], page.Badges);
        Assert.Equal(
            "The run is done, but 1 check does not hold: 1 200 samples in 1.5 s, test accuracy 87.50 %, 2 updates lost. "
            + "Certificate STATISTICAL: the mean of ‖∇f‖² over the run is at most 0.75.",
            page.Outcome);
        Assert.Empty(page.Foreign);
        Assert.Contains("silo 127.0.0.1:1@2 left: 1 worker and 1 shard move to other silos", page.AllText, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_figure_is_the_one_of_the_closing_event()
    {
        string[] events = Whole();
        string closing = events[^1];
        string html = RunPage.Of(RunStoryReader.Read(events, "events"));

        Assert.Empty(new PageReader(html).Differences(closing));
        Assert.Equal("87.50 %", new PageReader(html).Shown["testAccuracy"]);
        Assert.Equal("0.75", new PageReader(html).Shown["certificate.value"]);

        // The comparison itself catches a page that says something else, or nothing.
        string wrong = html.Replace("data-value=\"0.875\"", "data-value=\"0.975\"", StringComparison.Ordinal);
        Assert.Equal("testAccuracy is 0.975, but 0.875 in the event", Assert.Single(new PageReader(wrong).Differences(closing)));
        Assert.Equal("updates is missing", Assert.Single(new PageReader(html.Replace("\"updates\"", "\"x\"", StringComparison.Ordinal)).Differences(closing)));
    }

    [Fact]
    public void Nothing_that_a_run_says_becomes_markup()
    {
        const string evil = "<script>alert(1)</script>\" onload='x' \u0001 \uD800 &amp; ]]>";
        string[] events =
        [
            .. Print(report =>
            {
                report.Started(Sample.Started with { Job = evil });
                report.MembershipChanged(Sample.Left with { Silo = evil });
                report.Ended(Sample.Ended(Sample.Voided with { Alarms = [evil], Certificate = Sample.Voided.Certificate! with { Reason = evil } }));
            }),
        ];

        string html = RunPage.Of(RunStoryReader.Read(events, "events"));

        PageReader page = new(html);
        Assert.Empty(page.Foreign);
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("<script>alert(1)</script>", page.AllText, StringComparison.Ordinal);
    }

    [Fact]
    public void A_void_certificate_is_shown_with_its_reason_and_without_a_number()
    {
        PageReader page = PageOf([.. Print(report =>
        {
            report.Started(Sample.Started);
            report.Ended(Sample.Ended(Sample.Voided));
        })]);

        Assert.Equal(["completed", "certificate VOID"], page.Badges);
        Assert.Contains("Certificate VOID: α·L is 3, above 1", page.Outcome, StringComparison.Ordinal);
        Assert.DoesNotContain("certificate.value", page.Values.Keys);
    }

    [Fact]
    public void A_failed_run_says_why_and_what_to_do()
    {
        PageReader page = PageOf(
        [
            .. Print(report => report.Started(Sample.Started)),
            """{"event":"failed","error":"The run diverged at ticket 7.","code":4,"hint":"Use a smaller rate."}""",
        ]);

        Assert.Equal("The run failed: The run diverged at ticket 7.", page.Outcome);
        Assert.Equal("Use a smaller rate.", page.Shown["hint"]);
        Assert.Contains("left no trace", page.AllText, StringComparison.Ordinal);
    }

    [Fact]
    public void Events_that_end_early_make_a_page_that_says_so_and_a_cut_line_is_left_out()
    {
        string[] events = Whole();

        PageReader page = PageOf([.. events[..^1], events[^1][..20]]);

        Assert.Equal("unfinished", page.Badges[0]);
        Assert.DoesNotContain("Final figures", page.Headings);
        Assert.Throws<InvalidDataException>(() => RunStoryReader.Read([events[0], "{\"event", events[1]], "events"));
    }

    [Fact]
    public void A_resumed_run_marks_where_it_went_on()
    {
        PageReader page = PageOf([.. Print(report =>
        {
            report.Started(Sample.Started);
            report.Progressed(new ProgressFacts(Sample.Running, 1000, 3));
            report.Resumed(new JobEvent("resumed", 1.2, 30, TicketsRedone: 5));
            report.Ended(Sample.Ended(Sample.Completed));
        })]);

        Assert.Contains("resumed at ticket 30: 5 tickets given anew", page.AllText, StringComparison.Ordinal);
        Assert.Contains("1: resumed at ticket 30: 5 tickets given anew", page.AllText, StringComparison.Ordinal); // the plots' mark
    }

    [Fact]
    public void A_long_run_makes_a_page_of_bounded_size()
    {
        var events = new List<string>(Print(report => report.Started(Sample.Started)));
        for (int i = 0; i < 50_000; i++)
        {
            events.Add(string.Create(null, $$$"""{"event":"progress","seconds":{{{i}}},"tickets":{{{i}}},"epoch":1,"loss":{{{i % 97}}}.5,"samplesPerSecond":{{{i % 89}}},"gapMean":3,"boundPredicted":4}"""));
            if (i % 10 == 0)
            {
                events.Add(string.Create(null, $$$"""{"event":"membership","seconds":{{{i}}},"tickets":{{{i + 1}}},"kind":"left","silo":"s{{{i % 7}}}","workersMoved":1,"shardsMoved":1}"""));
            }
        }

        string html = RunPage.Of(RunStoryReader.Read(events, "events"));

        Assert.InRange(Encoding.UTF8.GetByteCount(html), 10_000, 1_000_000);
        Assert.Contains("The last 500 of 5 000 events", new PageReader(html).AllText, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_jobs_in_one_stream_need_a_name()
    {
        string[] events =
        [
            """{"event":"started","job":"a-1","workers":1}""", """{"event":"started","job":"b-1","workers":2}""",
            """{"event":"completed","job":"a-1","samples":1}""", """{"event":"completed","job":"b-1","samples":2}""",
        ];

        Assert.Contains("--job", Assert.Throws<InvalidDataException>(() => RunStoryReader.Read(events, "out")).Message, StringComparison.Ordinal);
        Assert.Equal("2", new PageReader(RunPage.Of(RunStoryReader.Read(events, "out", "b-1"))).Values["samples"]);
        Assert.Throws<InvalidDataException>(() => RunStoryReader.Read(events, "out", "c-1"));
    }

    private static PageReader PageOf(IEnumerable<string> events) => new(RunPage.Of(RunStoryReader.Read(events, "events")));

    private static string[] Whole() =>
    [
        """{"event":"about","version":"1","dotnet":"10","system":"Linux","processors":2,"startedAt":"2026-01-02T03:04:05Z","plan":{"name":"tiny","data":{"kind":"mnist"},"model":{"kind":"softmax"},"run":{"mode":"async","seed":1}}}""",
        .. Print(report =>
        {
            report.Started(Sample.Started);
            report.MembershipChanged(Joined);
            report.Progressed(new ProgressFacts(Sample.Running with { Seconds = 0.5 }, 900, 3));
            report.Progressed(new ProgressFacts(Sample.Certified with { Seconds = 1 }, 1000, 3));
            report.Progressed(new ProgressFacts(Sample.Certified, 1100, 3));
            report.Evaluated(Sample.Evaluated with { Samples = SampleCounts.Of(new Core.Scheduling.SampleTotals(600, 0, 0, []), 0) });
            report.MembershipChanged(Sample.Left);
        }),
        """{"event":"alarm","seconds":1.4,"text":"one"}""",
        """{"event":"delays","width":2,"counts":[3,0,1]}""",
        .. Print(report => report.Ended(Sample.Ended(Sample.Certified with { Alarms = ["one"], Warnings = ["two"] }))),
    ];

    private static string[] Print(Action<ITrainReport> happenings)
    {
        using var output = new StringWriter();
        happenings(new JsonTrainReport(new Terminal(output, TextWriter.Null, false, static _ => null, TimeProvider.System)));
        return output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
