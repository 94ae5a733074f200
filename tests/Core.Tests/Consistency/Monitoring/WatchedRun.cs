using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Consistency.Monitoring;
using OrleansSgd.Core.Runs;

namespace OrleansSgd.Core.Tests.Consistency.Monitoring;

/// <summary>A simulated asynchronous run, told to a monitor as the grid tells it: records, losses with projections, exact audits.</summary>
internal static class WatchedRun
{
    public const int AuditEvery = 10;

    public static RunPlan PlanOf(AsyncPlan plan) => new()
    {
        Workers = plan.Workers,
        Shards = plan.Shards,
        Seed = plan.Seed,
        Codec = plan.TopK > 0 ? new CodecPlan(CodecPlan.TopK, Count: plan.TopK, ErrorFeedback: plan.Feedback) : new CodecPlan(),
    };

    public static RunMonitor Of(AsyncPlan plan, out AsyncResult run)
    {
        run = AsyncRun.Of(plan);
        RunMonitor monitor = new(new MonitorOptions { Plan = PlanOf(plan), Smoothness = plan.Problem.Smoothness, LossIsExact = true, TicketsMax = 1024 });
        double[] start = [.. Enumerable.Repeat(plan.Start, plan.Problem.Dimension)];
        Assert.True(monitor.Cut(CutOf(run, 0, start)));
        int count = run.Distances.Count;
        for (int ticket = 0; ticket < count; ticket++)
        {
            monitor.Record(run.Steps[ticket].Record);
            if (ticket % AuditEvery == 0)
            {
                monitor.Audit(ticket, run.StaleSquared[ticket]);
            }
        }

        monitor.Close();
        monitor.Cut(CutOf(run, count, run.Parameters));
        return monitor;
    }

    public static LossCut CutOf(AsyncResult run, long ticket, double[] parameters)
    {
        float[] x = [.. parameters.Select(value => (float)value)];
        return new LossCut
        {
            Ticket = ticket,
            Loss = run.Plan.Problem.Loss(parameters),
            GradientNormSquared = run.Plan.Problem.GradientSquared(parameters),
            Projections = [.. run.Projections.Select((projection, shard) => projection.Of(Slice(shard)))],
            NormsSquared = [.. run.Projections.Select((_, shard) => AsyncRun.NormSquared(Slice(shard)))],
        };

        ReadOnlySpan<float> Slice(int shard) => x.AsSpan(run.Map[shard].Start, run.Map[shard].Length);
    }
}
