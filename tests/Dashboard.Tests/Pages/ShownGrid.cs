using OrleansSgd.Grains.Contracts;
using OrleansSgd.Telemetry;

namespace OrleansSgd.Dashboard.Tests.Pages;

/// <summary>A scripted grid on which there is something of everything to see.</summary>
internal static class ShownGrid
{
    /// <summary>Eight workers and four shards on three silos, in the middle of a run.</summary>
    public static ScriptedGrid.Script Script()
    {
        string[] silos = [.. Enumerable.Range(0, 3).Select(ScriptedGrid.Script.AddressOf)];
        var script = new ScriptedGrid.Script
        {
            Silos = [.. silos],
            Progress = (_, asked) => Progress(asked) with { Events = asked == 1 ? Events(silos) : [], EventsEnd = 4 },
            Members = _ => ScriptedGrid.Script.Placed(4, 8, silos),
            Spans = Spans,
        };
        script.Jobs.Insert(0, new JobSummary("mnist-1", "mnist", JobPhase.Completed));
        script.Jobs.Insert(1, new JobSummary("<script>alert(1)</script>-1", "<script>alert(1)</script>", JobPhase.Failed));
        return script;
    }

    /// <summary>One poll's figures: a loss that falls, a certificate that settles.</summary>
    public static JobProgress Progress(long asked) => new()
    {
        Phase = JobPhase.Running,
        Seconds = 0.25 * asked,
        Parameters = 7850,
        Silos = 3,
        WorkersLive = 8,
        Tickets = 20 * asked,
        Samples = 1280 * asked,
        SamplesTotal = 1_000_000,
        SamplesPerEpoch = 60_000,
        Loss = 0.3 + (2 / (1 + (0.05 * asked))) + (0.02 * Math.Sin(asked)),
        DelayMean = 3 + Math.Sin(0.1 * asked),
        DelayMax = 9,
        GapMean = 0.4,
        BoundMeasured = 0.6 + (0.1 * Math.Cos(0.05 * asked)),
        BoundPredicted = 1.2,
        BoundModel = "parameter server",
        Condition = "holds",
        Updates = 20 * asked,
        BytesPushed = 640_000 * asked,
        BytesPulled = 1_280_000 * asked,
        Checkpoints = 3,
        CheckpointTicket = 60,
        RecoverySecondsMax = 1.4,
        Warnings = ["The step is larger than the certificate allows; its staleness part is an upper bound."],
        Alarms = ["The mean gap of the tickets 40 to 60 was over its bound."],
        Certificate = new CertificateProgress
        {
            Status = "STATISTICAL",
            Reason = "The noise is estimated.",
            Value = 0.5 + (5.0 / asked),
            Optimisation = 0.2 + (4.0 / asked),
            Staleness = 0.2,
            Noise = 0.1,
        },
    };

    private static JobEvent[] Events(string[] silos) =>
    [
        new("joined", 0.4, 30, Silo: silos[2]),
        new("evaluated", 0.6, 44, Epoch: 1, TestLoss: 0.41, TestAccuracy: 0.8812),
        new("left", 0.9, 68, Silo: silos[1], WorkersMoved: 3, ShardsMoved: 1),
        new("straggler", 1.1, 82, Silo: silos[0], Worker: 5, Ratio: 2.4),
    ];

    private static SpanLine[] Spans() =>
    [
        Span("1", TraceNames.Step, 0, 5200, worker: 5),
        Span("2", TraceNames.Lease, 0, 300, worker: 5),
        Span("3", TraceNames.Pull, 300, 500, worker: 5),
        Span("4", TraceNames.Gradient, 800, 2500, worker: 5),
        Span("5", TraceNames.TicketCall, 3300, 400, worker: 5),
        Span("6", TraceNames.Encode, 3300, 600, worker: 5),
        Span("7", TraceNames.Push, 3900, 1300, worker: 5),
        Span("8", TraceNames.PushShard, 3900, 900, worker: 5, shard: 0),
        Span("9", TraceNames.PushShard, 3900, 1300, worker: 5, shard: 1),
        Span("a", TraceNames.Apply, 4200, 200, shard: 0),
        Span("b", TraceNames.Apply, 4800, 150, shard: 1),
    ];

    private static SpanLine Span(string id, string name, long begin, long took, int worker = -1, int shard = -1) => new(
        id, name, 4096, worker, shard, 1_790_000_000_000_000 + begin, took, name == TraceNames.Step ? 7 : -1, name == TraceNames.Apply ? 31_412 : -1,
        name == TraceNames.Apply ? "applied" : null);
}
