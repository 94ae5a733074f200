using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using OrleansSgd.Dashboard.Feeds;

namespace OrleansSgd.Dashboard.Http;

/// <summary>A feed as server-sent events: first where the page left off, or the state; then what happens.</summary>
/// <remarks>
/// A page that reads slowly makes only its own stream wait. When it reads again and has missed more than is kept, it gets the newest state instead.
/// </remarks>
internal static class EventStream
{
    // Proxies close connections on which nothing comes for a minute.
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(15);
    private static readonly byte[] Alive = ": alive\n\n"u8.ToArray();

    /// <summary>Sends until the page goes away.</summary>
    public static async Task SendAsync(HttpContext context, Feed feed, DashboardOptions options, CancellationToken ending)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, ending);
        feed.Enter();
        try
        {
            await SendAsync(context.Response, feed, feed.Resume(context.Request.Headers["Last-Event-ID"]), options.Time, gone.Token);
        }
        catch (OperationCanceledException)
        {
            // The page is closed, or the silo ends.
        }
        catch (IOException)
        {
            // The same, noticed while writing.
        }
        finally
        {
            feed.Leave();
        }
    }

    private static async Task SendAsync(HttpResponse response, Feed feed, long next, TimeProvider time, CancellationToken gone)
    {
        var frames = new List<byte[]>(FrameRing.Capacity);
        await response.StartAsync(gone);
        while (true)
        {
            if (!feed.Ring.TryRead(next, frames))
            {
                (byte[] state, next) = feed.State();
                frames.Add(state);
            }
            else
            {
                next += frames.Count;
            }

            foreach (byte[] frame in frames)
            {
                await response.Body.WriteAsync(frame, gone);
            }

            if (frames.Count > 0)
            {
                await response.Body.FlushAsync(gone);
            }

            if (!await ComesAsync(feed.Ring.Await(next), time, gone))
            {
                await response.Body.WriteAsync(Alive, gone);
                await response.Body.FlushAsync(gone);
            }
        }
    }

    private static async Task<bool> ComesAsync(Task more, TimeProvider time, CancellationToken gone)
    {
        try
        {
            await more.WaitAsync(SilenceMax, time, gone);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
