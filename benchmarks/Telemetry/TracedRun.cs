using System.Diagnostics;
using OrleansSgd.Core.Consistency.Certificates;
using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Telemetry;
using OrleansSgd.Telemetry.Export;
using OrleansSgd.Telemetry.Ledger;
using OrleansSgd.Telemetry.Metrics;
using OrleansSgd.Telemetry.Spans;

namespace OrleansSgd.Benchmarks.Telemetry;

/// <summary>All that a ticket makes worker, shards and coordinator say, in one thread.</summary>
internal sealed class TracedRun : IDisposable
{
    public const int ShardCount = 4;

    private const int FlushEvery = 40_000; // a second's tickets

    private readonly JobTrace _job = new("benchmark-1");
    private readonly string _folder = Directory.CreateTempSubdirectory("telemetry-").FullName;
    private readonly TicketRecord _record = new();
    private readonly long[] _exceptions = new long[2];
    private readonly TraceFile? _file;
    private readonly RunTrace _run;
    private readonly ShardTrace[] _shards;
    private readonly StepSpans _steps;
    private readonly JobSpans _applies;
    private readonly GridMetrics _metrics;
    private long _ticket;

    /// <param name="isTraced">Whether somebody takes the spans; the calls are the same.</param>
    public TracedRun(bool isTraced)
    {
        _file = isTraced ? new TraceFile(TracePath, _job) : null;
        _run = RunTrace.Open(_job, new RunOpening
        {
            Plan = "{}",
            Seed = 1,
            Mode = "async",
            Workers = 2,
            Shards = ShardCount,
            Parameters = 7850,
            Form = CertificateForm.Unbiased,
            Confidence = 0.99,
            Window = 1000,
        });
        _shards = [.. Enumerable.Range(0, ShardCount).Select(shard => ShardTrace.Open(_job, shard, 0, 0))];
        _steps = new StepSpans(_job);
        _applies = new JobSpans(_job);
        _metrics = new GridMetrics(_job.Job);
    }

    private string TracePath => Path.Combine(_folder, "trace.jsonl");

    /// <summary>Bytes of the trace so far.</summary>
    public long Size => _file is null ? 0 : new FileInfo(TracePath).Length;

    /// <summary>A step with its work in the middle.</summary>
    public void Step(Action work)
    {
        _steps.Begin();
        _steps.Ended(StepPart.Pull);
        work();
        _steps.Ended(StepPart.Gradient);
        _steps.Ended(StepPart.Encode);
        Shards();
        _steps.Ended(StepPart.Push);
        Fill();
        _steps.End(_record, delay: 1);
        Row();
        Metrics();
        _ticket++;
        if (_ticket % FlushEvery == 0)
        {
            _run.Flush();
            Array.ForEach(_shards, shard => shard.Flush());
        }
    }

    /// <summary>Only the row; the record stays as it is.</summary>
    public void Row() => _run.Row(_record);

    /// <summary>Only what the shards write, of the next ticket.</summary>
    public void NextShards()
    {
        _ticket++;
        Shards();
    }


    private void Shards()
    {
        foreach (ShardTrace shard in _shards)
        {
            shard.Applied(_ticket);
            if (_applies.Takes(_ticket))
            {
                _applies.Apply(Stopwatch.GetTimestamp(), 0, 0, _ticket, _ticket, 1, 8000, "applied");
            }
        }
    }

    /// <summary>Only the counting.</summary>
    public void Metrics()
    {
        _metrics.Finalised(1, 0.5);
        _metrics.GradientComputed(2e-5);
        _metrics.Pushed(1e-5);
        _metrics.Applied(1, 64);
        _metrics.Moved(32_000, 32_000);
    }

    /// <summary>Only the clock readings and the decision of a step.</summary>
    public void Marks()
    {
        _steps.Begin();
        _steps.Ended(StepPart.Pull);
        _steps.Ended(StepPart.Gradient);
        _steps.Ended(StepPart.Encode);
        _steps.Ended(StepPart.Push);
        _steps.End(_record, delay: 1);
        _record.Ticket = ++_ticket;
    }

    /// <summary>What the worker writes down anyway, traced or not; also before the parts are measured alone.</summary>
    public void Fill()
    {
        _record.Begin(ShardCount);
        _record.Ticket = _record.RoundTicket = _ticket;
        _record.Worker = (int)(_ticket & 1);
        _record.SampleCount = 64;
        _record.Rate = 0.1;
        _record.LossSum = 20;
        if (_ticket % 16 == 0)
        {
            _record.GradientNormSquared = 1;
            _record.HalfBatchDifferenceSquared = 0.5;
        }

        for (int shard = 0; shard < ShardCount; shard++)
        {
            // With two workers a view lacks one ticket now and then, and has the one after it.
            bool isLate = (_ticket + shard) % 4 == 0 && _ticket > 4;
            _exceptions[0] = _ticket - 1;
            _record.SetView(shard, 0, isLate ? _ticket - 2 : _ticket, _exceptions.AsSpan(0, isLate ? 1 : 0));
            ref SliceRecord slice = ref _record.Slices[shard];
            slice.State = SliceState.Applied;
            slice.NormSquared = 0.25;
            slice.Projection = 0.125;
            slice.ViewVersion = _ticket;
        }
    }

    public void Dispose()
    {
        _run.Close(new RunFigures { Tickets = _ticket, Outcome = RunFigures.Completed });
        _run.Dispose();
        Array.ForEach(_shards, shard => shard.Last());
        Array.ForEach(_shards, shard => shard.Dispose());
        _file?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
