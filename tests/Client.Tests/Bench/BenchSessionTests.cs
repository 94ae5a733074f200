using OrleansSgd.Client.Bench;

namespace OrleansSgd.Client.Tests.Bench;

/// <summary>Goal: a session leaves its folder, whatever a program does; bad input is refused first. Method: programs of a line of shell.</summary>
public sealed class BenchSessionTests
{
    private static readonly Comparison Compared = Sides.Of("softmax", Sides.Speed, "pytorch-hogwild");

    [Fact]
    public async Task A_session_leaves_page_events_and_document()
    {
        using var folder = new TempFolder();
        (int code, string output, string error) = await RunAsync(folder, (_, _) => Task.FromResult(Sides.Line(Sides.Speed, 5)), folder["benchmarks.md"]);

        Assert.Equal((ExitCodes.Done, ""), (code, error));
        Assert.Equal([folder["runs/bench-1"]], Directory.GetDirectories(folder["runs"]));
        Assert.Equal(["events.jsonl", "report.html"], Directory.GetFiles(folder["runs/bench-1"]).Select(Path.GetFileName).Order());
        Assert.Contains(folder["runs/bench-1/report.html"], output, StringComparison.Ordinal);
        Assert.Contains("--rounds 2 --only softmax", await File.ReadAllTextAsync(folder["benchmarks.md"]), StringComparison.Ordinal);
        string[] events = await File.ReadAllLinesAsync(folder["runs/bench-1/events.jsonl"]);
        Assert.Equal(4, events.Count(line => line.StartsWith("""{"event":"measured",""", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_missing_peer_is_told_and_is_no_failure_but_a_missing_side_of_the_grid_is_one()
    {
        using var folder = new TempFolder();
        BenchLine good = Sides.Line(Sides.Speed, 5);

        (int peer, string said, _) = await RunAsync(folder, (side, _) => Task.FromResult(side.Script is null ? good : BenchLine.OfTrouble("Gone.")));
        (int grid, _, string error) = await RunAsync(folder, (side, _) => Task.FromResult(side.Script is null ? BenchLine.OfTrouble("Broke.") : good));

        Assert.Equal((ExitCodes.Done, ExitCodes.RunFailed), (peer, grid));
        Assert.Contains("softmax: pytorch-hogwild is not measured. Gone.", said, StringComparison.Ordinal);
        Assert.Contains("The grid's own side of softmax gave no figure. Broke.", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_measured_before_an_interrupt_is_kept()
    {
        using var folder = new TempFolder();
        using var interrupt = new CancellationTokenSource();
        (int code, _, string error) = await RunAsync(
            folder,
            (side, stop) =>
            {
                if (side.Script is not null)
                {
                    interrupt.Cancel();
                    stop.ThrowIfCancellationRequested();
                }

                return Task.FromResult(Sides.Line(Sides.Speed, 5));
            },
            interrupted: interrupt.Token);

        Assert.Equal((ExitCodes.Interrupted, "grid: interrupted.\n"), (code, error));
        Assert.True(File.Exists(folder["runs/bench-1/report.html"]));
    }

    [Fact]
    public async Task A_program_is_run_without_what_steers_its_libraries_and_its_last_line_is_read()
    {
        using var folder = new TempFolder();
        BenchProgram program = Program(folder, "echo \"{\\\"threads\\\": ${TCMALLOC_PLANTED:-7}, \\\"samplesPerSecond\\\": $2}\"");
        Environment.SetEnvironmentVariable("TCMALLOC_PLANTED", "3");

        BenchLine line = await program.RunAsync(Contender.OfPeer("p", "peer.sh --epochs 4"), CancellationToken.None);

        Assert.Null(line.Trouble);
        Assert.Equal((7, 4), (line.Fields.GetProperty("threads").GetInt32(), line.Fields.GetProperty("samplesPerSecond").GetInt32()));
    }

    [Theory]
    [InlineData("echo starting >&2; echo 'sklearn is not installed.' >&2; exit 1", "sklearn is not installed.")]
    [InlineData("exit 3", "It ended with 3 and said nothing.")]
    [InlineData("echo hello", "It printed no JSON object, but: hello.")]
    public async Task Why_a_program_gave_nothing_is_said(string script, string trouble)
    {
        using var folder = new TempFolder();

        BenchLine line = await Program(folder, script).RunAsync(Contender.OfPeer("p", "peer.sh"), CancellationToken.None);

        Assert.Equal(trouble, line.Trouble);
    }

    [Fact]
    public async Task A_program_that_is_interrupted_is_ended()
    {
        using var folder = new TempFolder();
        using var interrupt = new CancellationTokenSource();
        string pipe = folder["pipe"];
        await GridRun.StartAsync("mkfifo", new Dictionary<string, string?>(), folder.Path, [pipe]);
        Task<BenchLine> running = Program(folder, $"echo $$ >{pipe}; exec tail -f /dev/null").RunAsync(Contender.OfPeer("p", "peer.sh"), interrupt.Token);
        int process = int.Parse(await File.ReadAllTextAsync(pipe), null); // waits for the writer: it is a pipe
        await interrupt.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.False(Directory.Exists($"/proc/{process}") && (await File.ReadAllTextAsync($"/proc/{process}/stat")).Split(' ')[2] is not ("Z" or "X"));
    }

    [Theory]
    [InlineData("There is no workload 'sofmax'", "Did you mean softmax?", "--only", "sofmax")]
    [InlineData("--rounds is '0'", "1 to 1000", "--rounds", "0")]
    [InlineData("--only names no workload", "softmax", "--only", ",")]
    public async Task Bad_input_is_refused(string what, string remedy, params string[] args)
    {
        GridRun run = await GridRun.InProcessAsync(["bench", .. args]);

        Assert.Equal((ExitCodes.BadInput, ""), (run.ExitCode, run.Out));
        Assert.Contains(what, run.Error, StringComparison.Ordinal);
        Assert.Contains(remedy, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_there_is_named_with_its_remedy()
    {
        using var folder = new TempFolder();
        var places = new BenchPlaces(folder.Path, folder["none.dll"], folder["python3"]);

        string[] mistakes = [.. places.Mistakes([Compared with { Set = "mnist" }])];

        Assert.Equal(4, mistakes.Length);
        Assert.Contains("start this verb as ./grid bench", mistakes[0], StringComparison.Ordinal);
        Assert.Contains("start this verb as ./grid bench", mistakes[1], StringComparison.Ordinal);
        Assert.Contains("run benchmarks/peers/setup.sh, or leave --peers out", mistakes[2], StringComparison.Ordinal);
        Assert.Contains("run ./grid data fetch mnist", mistakes[3], StringComparison.Ordinal);
    }

    private static BenchProgram Program(TempFolder folder, string script)
    {
        Directory.CreateDirectory(folder["benchmarks/peers"]);
        folder.Text("benchmarks/peers/peer.sh", script + "\n");
        return new BenchProgram(new BenchPlaces(folder.Path, folder["none.dll"], "/bin/sh"), TimeSpan.FromMinutes(2), TimeProvider.System);
    }

    private static async Task<(int Code, string Out, string Error)> RunAsync(
        TempFolder folder, Func<Contender, CancellationToken, Task<BenchLine>> run, string? document = null, CancellationToken interrupted = default)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var terminal = new Terminal(output, error, false, static _ => null, TimeProvider.System);
        var request = new BenchRequest(WithPeers: true, IsQuick: false, 2, ["softmax"], folder["runs"], document);
        int code = await new BenchSession(terminal, isJson: false, run).RunAsync(request, [Compared], interrupted);
        return (code, output.ToString(), error.ToString());
    }
}
