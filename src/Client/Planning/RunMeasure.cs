using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;

namespace OrleansSgd.Client.Planning;

/// <summary>What a stretch of a real run did.</summary>
/// <param name="UpdatesPerSecond">By the grid's own clock.</param>
/// <param name="DelayMean">As the job reports it.</param>
/// <param name="Bound">B as the ledger measured it; NaN when it did not.</param>
/// <param name="GradientSeconds">Mean of one gradient.</param>
/// <param name="GradientSpread">Its standard deviation as a share of the mean.</param>
/// <param name="PushSeconds">Mean time from sending an update until every shard has answered.</param>
/// <param name="GradientNorm">√(mean ‖G‖²).</param>
/// <param name="ProcessorSeconds">Processor time of the whole process for one update.</param>
internal sealed record RunMeasure(
    double UpdatesPerSecond, double DelayMean, double Bound, double GradientSeconds, double GradientSpread, double PushSeconds,
    double GradientNorm, double ProcessorSeconds)
{
    /// <summary>Runs a job until a fifth of a number of tickets are out, and measures it over the other four fifths.</summary>
    /// <returns>The measurement; or null, and why not.</returns>
    public static async Task<(RunMeasure? Measure, string? Error)> TakeAsync(
        IGrainFactory grains, JobPlan plan, long tickets, CancellationToken interrupted)
    {
        SubmitAnswer answer = await grains.GetGrain<IGridGrain>(IGridGrain.Key).Submit(plan.ToJson());
        if (answer.Job is null)
        {
            return (null, string.Join(' ', answer.Mistakes));
        }

        IJobGrain job = grains.GetGrain<IJobGrain>(answer.Job);
        using var steps = new StepListener(answer.Job);
        JobProgress first = await TicketsAsync(job, tickets / 5, interrupted);
        steps.Restart();
        TimeSpan processor = Environment.CpuUsage.TotalTime;

        // From where it is by now: a fast run may have passed many more before the answer was here.
        JobProgress last = await TicketsAsync(job, first.Tickets + tickets - (tickets / 5), interrupted);
        while (!last.IsOver && double.IsNaN(steps.Norm.RootMeanSquare))
        {
            last = await TicketsAsync(job, last.Tickets + (tickets / 5), interrupted); // only some tickets have spans, and norms come from those
        }

        processor = Environment.CpuUsage.TotalTime - processor;
        (Moments gradient, Moments push, Moments norm) = (steps.Gradient, steps.Push, steps.Norm);
        await job.Cancel();
        await TicketsAsync(job, long.MaxValue, interrupted);
        double updates = last.Tickets - first.Tickets;
        return last.Phase == JobPhase.Failed ? (null, last.Error)
            : updates <= 0 ? (null, $"The run of {tickets} tickets ended before it was measured.")
            : (new RunMeasure(
                updates / (last.Seconds - first.Seconds), last.DelayMean, last.BoundMeasured, gradient.Mean, gradient.Spread, push.Mean,
                norm.RootMeanSquare, processor.TotalSeconds / updates), null);
    }

    private static async Task<JobProgress> TicketsAsync(IJobGrain job, long tickets, CancellationToken interrupted)
    {
        JobProgress progress;
        do
        {
            progress = await job.WaitFor(tickets, int.MaxValue).WaitAsync(interrupted);
        }
        while (progress.Tickets < tickets && !progress.IsOver);
        return progress;
    }
}
