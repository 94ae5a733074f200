using OrleansSgd.Client.JobFiles;

namespace OrleansSgd.Client.Tests.Pages;

/// <summary>Goal: every run leaves its page, and the page can be made again. Method: real runs, whose events are compared with their pages.</summary>
public sealed class ReportTests
{
    [Theory]
    [InlineData("async", "rate: 0.1", "completed")]
    [InlineData("bsp", "rate: 0.1", "completed")]
    [InlineData("async", "rate: 30", "completed")]
    [InlineData("async", "rate: 1e38", "failed")]
    public async Task A_run_leaves_a_page_that_agrees_with_its_events(string mode, string rate, string outcome)
    {
        using var folder = new TempFolder();
        string job = folder.Text("tiny.yaml", TinyJob.With(("silos: 2", $"silos: 2\nmode: {mode}"), ("rate: 0.1", rate)));

        GridRun run = await GridRun.InProcessAsync("train", job, "--out", folder["runs"]);

        string[] events = await File.ReadAllLinesAsync(folder["runs/tiny-1/events.jsonl"]);
        PageReader page = PageReader.Open(folder["runs/tiny-1/report.html"]);
        Assert.Contains($"\"event\":\"{outcome}\"", events[^1], StringComparison.Ordinal);
        Assert.Empty(page.Differences(events[^1]));
        Assert.Equal(outcome, page.Badges[0]);
        Assert.Empty(page.Foreign);
        Assert.Contains(folder["runs/tiny-1/report.html"], run.Out, StringComparison.Ordinal);
        Assert.Equal([], Directory.GetFiles(folder["runs/tiny-1"], "*.new"));
    }

    [Fact]
    public async Task An_interrupted_run_leaves_a_page_too()
    {
        using var folder = new TempFolder();
        string job = folder.Text("long.yaml", TinyJob.With(("epochs: 2", "epochs: 1000000")));
        using var interrupt = new CancellationTokenSource();
        var output = new StringWriter();
        var terminal = new Terminal(TextWriter.Synchronized(new FirstEpoch(output, interrupt)), TextWriter.Null, false, static _ => null, TimeProvider.System);

        await GridApp.RunAsync(["train", job, "--out", folder["runs"]], terminal, interrupt.Token);

        PageReader page = PageReader.Open(folder["runs/tiny-1/report.html"]);
        Assert.Equal("cancelled", page.Badges[0]);
        Assert.StartsWith("The run was interrupted, and what was trained so far is kept:", page.Outcome, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_is_made_again_from_the_folder_from_printed_events_and_from_the_trace()
    {
        using var folder = new TempFolder();
        string job = folder.Text("tiny.yaml", TinyJob.Yaml);
        GridRun run = await GridRun.InProcessAsync("train", job, "--json", "--out", folder["runs"]);
        string kept = await File.ReadAllTextAsync(folder["runs/tiny-1/report.html"]);

        GridRun again = await GridRun.InProcessAsync("report", folder["runs/tiny-1"], "--out", folder["again.html"]);
        GridRun printed = await GridRun.InProcessAsync("report", folder.Text("printed.jsonl", run.Out), "--out", folder["printed.html"], "--json");
        GridRun traced = await GridRun.InProcessAsync("report", folder["runs/tiny-1/trace.jsonl"], "--out", folder["traced.html"]);

        Assert.Equal((0, 0, 0), (again.ExitCode, printed.ExitCode, traced.ExitCode));
        Assert.Equal(kept, await File.ReadAllTextAsync(folder["again.html"]));
        Assert.Equal($$"""{"event":"completed","report":"{{folder["printed.html"]}}"}""" + "\n", printed.Out);
        Assert.Empty(PageReader.Open(folder["printed.html"]).Differences(run.Lines[^1]));
        PageReader trace = PageReader.Open(folder["traced.html"]);
        Assert.Equal("completed", trace.Badges[0]);
        Assert.Contains("Loss", trace.PlotTitles);
        Assert.Contains("Delays of sampled updates", trace.PlotTitles);
        Assert.Equal("60", PageReader.Open(folder["runs/tiny-1/report.html"]).Values["updates"]);
    }

    [Fact]
    public async Task The_job_on_the_page_is_the_job_that_was_run()
    {
        using var folder = new TempFolder();
        string job = folder.Text("tiny.yaml", TinyJob.With(("rate: 0.1", "rate: { kind: cosine, rate: 0.1, rateMin: 0.01 }\ncodec: { kind: top-k, fraction: 0.5 }")));
        await GridRun.InProcessAsync("train", job, "--out", folder["runs"], "--seed", "7");

        string written = PageReader.Open(folder["runs/tiny-1/report.html"]).Job;

        JobFileOutcome original = JobFile.Read(job);
        JobFileOutcome again = JobFile.Parse(written, "again.yaml").Finish();
        Assert.Empty(again.Mistakes);
        Assert.Equal((original.Plan! with { Run = original.Plan.Run with { Seed = 7 } }).ToJson(), again.Plan!.ToJson());
        Assert.Equal(original.Silos, again.Silos);
    }

    [Theory]
    [InlineData("gone", "")]
    [InlineData("empty", "")]
    [InlineData("text", "this is\nno run")]
    [InlineData("trace", """{"resourceSpans":[]}""")]
    public async Task What_tells_of_no_run_is_refused_in_one_line(string name, string content)
    {
        using var folder = new TempFolder();
        string source = name == "gone" ? folder["gone"] : folder.Text(name, content);

        GridRun run = await GridRun.InProcessAsync("report", source);

        Assert.Equal((ExitCodes.BadInput, ""), (run.ExitCode, run.Out));
        Assert.StartsWith("grid: ", Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.False(File.Exists(folder["report.html"]));
    }

    /// <summary>Interrupts when the first epoch is done.</summary>
    private sealed class FirstEpoch(TextWriter inner, CancellationTokenSource interrupt) : TextWriter
    {
        public override System.Text.Encoding Encoding => inner.Encoding;

        public override void WriteLine(string? value)
        {
            inner.WriteLine(value);
            if (value is not null && value.Contains("test accuracy", StringComparison.Ordinal))
            {
                interrupt.Cancel();
            }
        }
    }
}
