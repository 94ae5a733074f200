using System.Text.Json;
using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Consistency.Metering;
using OrleansSgd.Core.Consistency.Monitoring;
using OrleansSgd.Core.Runs;
using OrleansSgd.Telemetry;
using OrleansSgd.Telemetry.Export;
using OrleansSgd.Telemetry.Ledger;

namespace OrleansSgd.Certifier.Tests.Traces;

/// <summary>Tells a model to the live monitor and to the real trace writer, as a coordinator and its shards would.</summary>
internal static class LiveRun
{
    /// <summary>Writes the trace to a path, and answers what the monitor made of the run.</summary>
    public static MonitorReport Write(TraceModel model, string path)
    {
        var job = new JobTrace(model.Job);
        using var file = new TraceFile(path, job);
        RunPlan plan = new()
        {
            Workers = model.Workers,
            Shards = model.Shards,
            Rule = new RulePlan { ClipNorm = model.IsBiased ? 1 : 0 },
            Consistency = new ConsistencyPlan { Bound = model.Bound, Confidence = model.Confidence },
        };
        var options = new MonitorOptions { Plan = plan, Smoothness = model.Smoothness ?? double.NaN, LossIsExact = true };
        var monitor = new RunMonitor(options);
        using RunTrace trace = RunTrace.Open(job, new RunOpening
        {
            Plan = JsonSerializer.Serialize(plan),
            Seed = 17,
            Mode = plan.Mode,
            Workers = plan.Workers,
            Shards = plan.Shards,
            Parameters = 3 * plan.Shards,
            Form = options.Form,
            LossIsExact = true,
            Bound = model.Bound,
            Confidence = model.Confidence,
            Window = options.WindowLength,
        });
        foreach (ModelCut cut in model.Ledger.OfType<ModelCut>())
        {
            monitor.Expect(cut.Ticket);
        }

        foreach (object item in model.Ledger)
        {
            Tell(monitor, trace, item, model.Shards);
        }

        monitor.Close();
        Pass(monitor, trace);
        MonitorReport report = monitor.Report();
        foreach (ModelLife life in model.Lives)
        {
            Write(job, life);
        }

        trace.Close(new RunFigures
        {
            Tickets = model.Tickets,
            Outcome = RunFigures.Completed,
            Smoothness = model.Smoothness,
            DelayMean = report.DelayMean,
            DelayMax = (long)report.DelayMax,
            GapMean = report.GapMean,
            BoundPredicted = report.BoundPredicted.Value,
            Condition = report.Condition,
            Certificate = report.Certificate,
        });
        return report;
    }

    private static void Tell(RunMonitor monitor, RunTrace trace, object item, int shards)
    {
        switch (item)
        {
            case ModelRow row:
                TicketRecord record = Record(row, shards);
                if (monitor.Record(record).Verdict == RecordVerdict.Recorded)
                {
                    trace.Row(record);
                }

                break;
            case ModelCut cut:
                bool isTaken = monitor.Cut(new Core.Consistency.Monitoring.LossCut
                {
                    Ticket = cut.Ticket,
                    Loss = cut.Loss,
                    LossError = cut.Error,
                    GradientNormSquared = cut.GradientSquared ?? double.NaN,
                    Projections = cut.Projections ?? [],
                });
                if (isTaken)
                {
                    trace.Cut(cut.Ticket, cut.Loss, cut.Error, cut.GradientSquared ?? double.NaN, cut.Projections);
                }

                break;
            default:
                LedgerFact fact = Fact(item);
                monitor.Take(fact);
                trace.Fact(fact);
                break;
        }

        Pass(monitor, trace);
    }

    private static void Pass(RunMonitor monitor, RunTrace trace)
    {
        while (monitor.TryNextFact(out LedgerFact own))
        {
            trace.Fact(own);
        }
    }

    private static LedgerFact Fact(object item) => item switch
    {
        ModelVoid none => new LedgerFact(LedgerFactKind.Void) { Ticket = none.Ticket },
        ModelSettle settle => new LedgerFact(LedgerFactKind.Settle) { Ticket = settle.Ticket, Applied = settle.Applied },
        ModelRetire retire => new LedgerFact(LedgerFactKind.Retire) { Worker = retire.Worker, Ticket = retire.Ticket, Incarnation = -1 },
        ModelRestore restore => new LedgerFact(LedgerFactKind.Restore)
        {
            Shard = restore.Shard,
            Incarnation = restore.Incarnation,
            Version = restore.Version,
            Watermark = new ModelSlice { View = restore.Settled }.Watermark,
            Exceptions = new ModelSlice { View = restore.Settled }.Exceptions,
            Lost = restore.Lost,
        },
        _ => throw new ArgumentException($"The model holds a {item.GetType().Name}.", nameof(item)),
    };

    private static TicketRecord Record(ModelRow row, int shards)
    {
        var record = new TicketRecord();
        record.Begin(shards);
        record.Ticket = row.Ticket;
        record.RoundTicket = row.RoundTicket;
        record.Worker = row.Worker;
        record.Incarnation = row.Incarnation;
        record.Rate = row.Rate;
        record.SampleCount = row.SampleCount;
        record.LossSum = row.LossSum;
        record.ResidualNormSquared = row.HeldSquared;
        record.ResidualCarried = (row.Flags & 16) != 0;
        record.DroppedNormSquared = row.DroppedSquared;
        record.GradientNormSquared = (row.Flags & 1) != 0 ? row.GradientSquared : double.NaN;
        record.HalfBatchDifferenceSquared = (row.Flags & 1) != 0 ? row.HalfDifferenceSquared : double.NaN;
        record.SecantGradient = (row.Flags & 2) != 0 ? row.SecantGradient : double.NaN;
        record.SecantDistance = (row.Flags & 2) != 0 ? row.SecantDistance : double.NaN;
        for (int shard = 0; shard < shards; shard++)
        {
            ModelSlice from = row.Slices[shard];
            record.SetView(shard, from.ViewIncarnation, from.Watermark, from.Exceptions);
            ref SliceRecord slice = ref record.Slices[shard];
            slice.ViewVersion = from.ViewVersion;
            slice.NormSquared = from.NormSquared;
            slice.Projection = from.Projection;
            slice.SubstituteNormSquared = from.SubstituteSquared;
            slice.ViewErrorSquared = from.ViewErrorSquared;
            slice.State = (SliceState)from.State;
        }

        return record;
    }

    private static void Write(JobTrace job, ModelLife life)
    {
        using ShardTrace log = ShardTrace.Open(job, life.Shard, life.Incarnation, life.Version);
        foreach ((long ticket, int kind) in life.Entries)
        {
            if (kind == 0)
            {
                log.Applied(ticket);
            }
            else
            {
                log.Voided(ticket);
            }
        }

        log.Flush();
        if (life.IsWhole)
        {
            log.Last();
        }
    }
}
