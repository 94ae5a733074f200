using Microsoft.AspNetCore.Http;
using OrleansSgd.Dashboard.Feeds;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Dashboard.Http;

/// <summary>What can be asked of a job from its page: to wait, to go on, to end.</summary>
internal sealed class JobOrders(DashboardOptions options, FeedSet feeds)
{
    /// <summary>Carries an order out and answers what came of it, as one sentence.</summary>
    /// <param name="order"><c>pause</c>, <c>continue</c> or <c>cancel</c>.</param>
    public async Task CarryOutAsync(HttpContext context, string job, string order)
    {
        if (!PageGuard.IsOwn(context))
        {
            await PageGuard.SayAsync(context, StatusCodes.Status403Forbidden, $"Orders need the header {PageGuard.OrderHeader} and come from our own pages.");
            return;
        }

        try
        {
            if (!await feeds.Grid.KnowsAsync(job))
            {
                await PageGuard.SayAsync(context, StatusCodes.Status404NotFound, "The grid knows no such job.");
                return;
            }

            string? refusal = await AskAsync(options.Grains().GetGrain<IJobGrain>(job), order);
            feeds.Job(job).Wake();
            await PageGuard.SayAsync(context, refusal is null ? StatusCodes.Status200OK : StatusCodes.Status409Conflict, refusal ?? "Done.");
        }
        catch (Exception error) when (error is TimeoutException or OrleansException or InvalidOperationException)
        {
            await PageGuard.SayAsync(context, StatusCodes.Status503ServiceUnavailable, "The job's coordinator does not answer; look, and try again.");
        }
    }

    private static async Task<string?> AskAsync(IJobGrain job, string order)
    {
        switch (order)
        {
            case "pause":
                return (await job.Pause()).Refusal;
            case "continue":
                return (await job.Continue()).Refusal;
            case "cancel":
                await job.Cancel();
                return null;
            default:
                return $"There is no order '{order}'; use pause, continue or cancel.";
        }
    }
}
