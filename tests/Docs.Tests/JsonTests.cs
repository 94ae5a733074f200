using System.CommandLine;
using OrleansSgd.Client;
using OrleansSgd.Client.Bench;
using OrleansSgd.Client.Reports;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Testing;

namespace OrleansSgd.Docs.Tests;

/// <summary>Goal: docs/json.md has every field that a program may meet, and none that it will not. Method: verbs are run, and what they print is looked up.</summary>
/// <remarks>The verbs of a running grid have <see cref="RunningGridJsonTests"/>.</remarks>
public sealed class JsonTests : IDisposable
{
    // No check of such a run is near its limit, whatever the machine is doing.
    private const string Job = """
        name: tiny
        data: { kind: synthetic, shape: gaussian-mixture, sampleCount: 600, testSampleCount: 200, featureCount: 10, classCount: 3 }
        model: { kind: softmax }
        workers: 2
        shards: 2
        silos: 2
        batch: 20
        epochs: 2
        rate: 0.1
        """;

    // Where events are written.
    private static readonly string[] Sources = ["src/Client", "src/Certifier"];

    private static readonly JsonPage Page = new(Markdown.Read(JsonPage.Document));

    private readonly string _folder = Directory.CreateTempSubdirectory("orleans-sgd-json-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Every_field_of_a_run_and_of_what_is_made_of_it_is_on_the_page()
    {
        await File.WriteAllTextAsync(At("tiny.yaml"), Job);
        string[] trained = await RunAsync(ExitCodes.Done, "train", At("tiny.yaml"), "--out", At("runs"), "--store", At("store"), "--checkpoint", "0.1");
        string[] kept = await File.ReadAllLinesAsync(At("runs/tiny-1/events.jsonl"));

        Assert.Empty(Page.Mistakes(trained, "train"));
        Assert.Empty(Page.Mistakes(kept, "events.jsonl", "train"));
        Assert.Contains(kept, line => line.StartsWith("""{"event":"about",""", StringComparison.Ordinal));
        Assert.Empty(Page.Mistakes(await RunAsync(null, "certify", At("runs/tiny-1/trace.jsonl")), "certify"));
        Assert.Empty(Page.Mistakes(await RunAsync(ExitCodes.Done, "report", At("runs/tiny-1")), "report"));
    }

    [Fact]
    public async Task Every_field_of_churn_is_on_the_page()
    {
        // Long enough to be there still when the churn comes.
        await File.WriteAllTextAsync(At("tiny.yaml"), Job.Replace("epochs: 2", "epochs: 200", StringComparison.Ordinal));
        await File.WriteAllTextAsync(At("script.yaml"), "seed: 1\nevents:\n  - {at: 10t, event: kill, silo: member, restartAfter: 5t}\n");

        string[] lines = await RunAsync(null, "chaos", At("tiny.yaml"), "--script", At("script.yaml"), "--out", At("runs"), "--compare");

        Assert.Empty(Page.Mistakes(lines, "chaos"));
        Assert.Empty(Page.Mistakes(await File.ReadAllLinesAsync(At("runs/tiny-1/events.jsonl")), "events.jsonl", "chaos"));
        Assert.Contains(lines, line => line.StartsWith("""{"event":"chaos",""", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("""{"event":"churned",""", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_field_of_a_benchmark_is_on_the_page()
    {
        var lines = new EventLines();
        var speed = new Measure("speed", "samples/s");
        var compared = new Comparison(
            "softmax", "softmax", "", speed, Contender.OfGrid("softmax"), [Contender.OfPeer("pytorch-hogwild", "a.py"), Contender.OfPeer("gone", "b.py")]);
        var session = new BenchSession(
            new Terminal(lines, TextWriter.Null, false, static _ => null, TimeProvider.System), isJson: true,
            (side, _) => Task.FromResult(side.System == "gone" ? BenchLine.OfTrouble("Gone.") : BenchLine.Read("""{"speed": 2, "torch": "1.13"}""")));

        Assert.Equal(ExitCodes.Done, await session.RunAsync(new BenchRequest(true, false, 1, [], _folder, null), [compared], CancellationToken.None));

        Assert.Empty(Page.Mistakes(lines.All, "bench"));
        Assert.Equal("completed", lines.Last);
        Assert.Empty(Page.Mistakes(await File.ReadAllLinesAsync(At("bench-1/events.jsonl")), "bench"));
    }

    [Theory]
    [InlineData("simulate --workers", "simulate", "--workers", "16", "--shards", "4", "--churn", "0.5/h")]
    [InlineData("simulate --seed", "simulate", "--seed", "3", "--mode", "bsp")]
    [InlineData("data list", "data", "list")]
    [InlineData("version", "version")]
    [InlineData("certify", "certify", "gone.jsonl")]
    [InlineData("doctor", "doctor", "--gateway", "127.0.0.1:9", "--http", "off", "--cluster", "a b")]
    public async Task Every_field_of_a_verb_without_a_grid_is_on_the_page(string verb, params string[] args) =>
        Assert.Empty(Page.Mistakes(await RunAsync(null, args), verb));

    [Fact]
    public void Every_field_that_a_run_may_have_is_on_the_page()
    {
        var lines = new EventLines();
        var report = new JsonTrainReport(new Terminal(lines, TextWriter.Null, false, static _ => null, TimeProvider.System), "tiny-1");
        var samples = new SampleCounts(5, 1, 1, [new SampleRemark("void", 1, "")]);
        JobProgress run = new()
        {
            Phase = JobPhase.Completed,
            Seconds = 1,
            Tickets = 9,
            Loss = 1,
            DelayMean = 1,
            GapMean = 1,
            BoundMeasured = 1,
            BoundPredicted = 1,
            Condition = "holds",
            Checkpoints = 1,
            CheckpointTicket = 3,
            Resumptions = 1,
            RecoverySecondsMax = 1,
            SampleUses = samples,
            Alarms = ["a"],
            Warnings = ["w"],
            Certificate = new CertificateProgress
            {
                Status = "STATISTICAL",
                Reason = "r",
                Value = 1,
                Optimisation = 1,
                Staleness = 1,
                Noise = 1,
                Bias = 1,
                Jump = 1,
                GradientNormSquaredEstimate = 1,
            },
        };
        var evaluated = new JobEvent("evaluated", 1, 1, 1, 1, 1, Samples: samples);
        report.Started(new StartedFacts("tiny-1", new JobPlan(), 1, 3));
        report.Progressed(new ProgressFacts(run, 1, 1));
        report.Evaluated(evaluated);
        report.Resumed(new JobEvent("resumed", 1, 1, TicketsRedone: 1, SecondsSince: 1));
        report.MembershipChanged(new JobEvent("left", 1, 1, Silo: "s"));
        report.Operated(new JobEvent("paused", 1, 1));
        report.Operated(new JobEvent("continued", 1, 1));
        report.Straggling(new JobEvent("straggler", 1, 1, Silo: "s", Worker: 1, Ratio: 2));
        report.Ended(new EndedFacts(null, run, evaluated, "model", "trace", ReportPath: "report"));

        Assert.Equal(9, lines.All.Length);
        Assert.Empty(Page.Mistakes(lines.All, "watch"));
    }

    [Fact]
    public void The_page_has_no_field_that_nobody_writes()
    {
        string written = string.Concat(Sources.SelectMany(folder =>
            Directory.GetFiles(RepositoryRoot.PathOf(folder), "*.cs", SearchOption.AllDirectories)).Select(File.ReadAllText));

        Assert.Empty(Unwritten(Page, written));
        Assert.Equal(["sped"], Unwritten(new JsonPage(Table("`set`, `sped`")), written));
    }

    [Fact]
    public void Every_verb_that_takes_json_is_on_the_page()
    {
        string[] told = [.. Page.Verbs.Select(verb => verb.Split(" --")[0].Split(" JOB")[0]).Distinct()];
        string[] taking = [.. Leaves(GridApp.CreateRoot(Terminal.Standard()), "").Where(one => one.Verb.Options.Any(option => option.Name == "--json")).Select(one => one.Name)];

        Assert.True(taking.Length >= 20, $"only {taking.Length} verbs take --json");
        Assert.All(taking, name => Assert.Contains(told, one => one == name || one == name + " grid"));
    }

    [Theory]
    [InlineData("""{"event":"set","set":"mnist","size":3}""", "set.size")]
    [InlineData("""{"event":"sets"}""", "the event sets")]
    [InlineData("""{"event":"set","set":{"name":"mnist"}}""", "an object")]
    [InlineData("""{"event":"set","set":"mnist","certificate":{"status":"VOID","word":"x"}}""", "certificate.word")]
    public void A_planted_field_that_is_not_on_the_page_is_caught(string line, string words)
    {
        var page = new JsonPage(Table("`set`, `certificate`") + "\n| Object | Fields |\n| --- | --- |\n| `certificate` | `status` |\n");

        Assert.Contains(words, Assert.Single(page.Mistakes([line], "data list")), StringComparison.Ordinal);
        Assert.Empty(page.Mistakes(["""{"event":"set","set":"mnist","certificate":{"status":"VOID"}}"""], "data list"));
    }

    private static string Table(string fields) => $"| Verb | Event | Fields |\n| --- | --- | --- |\n| `data list` | `set`, for each | {fields} |\n";

    private static string[] Unwritten(JsonPage page, string sources) =>
        [.. page.Fields.Where(field => !sources.Contains($"\"{field}\"", StringComparison.Ordinal))];

    private static IEnumerable<(string Name, Command Verb)> Leaves(Command parent, string prefix) => parent.Subcommands.Where(verb => !verb.Hidden)
        .SelectMany(verb => verb.Subcommands.Count > 0 ? Leaves(verb, $"{prefix}{verb.Name} ") : [(prefix + verb.Name, verb)]);

    private string At(string name) => Path.Combine(_folder, name);

    private static async Task<string[]> RunAsync(int? expected, params string[] args)
    {
        var lines = new EventLines();
        using var error = new StringWriter();
        int code = await lines.RunAsync(TextWriter.Synchronized(error), CancellationToken.None, args);
        Assert.True(expected is null || code == expected, $"{string.Join(' ', args)} ended with {code}: {error}");
        Assert.NotEmpty(lines.All);
        return lines.All;
    }
}
