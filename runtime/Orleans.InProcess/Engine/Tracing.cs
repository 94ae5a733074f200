using System.Diagnostics;

namespace Orleans.Engine;

/// <summary>Spans of calls, under the names and tags of the real runtime.</summary>
internal static class Tracing
{
    private static readonly ActivitySource Application = new("Microsoft.Orleans.Application", "1.2.0");
    private static readonly ActivitySource Runtime = new("Microsoft.Orleans.Runtime", "2.1.0");

    /// <summary>The caller's span, current until the call has been sent; null when nobody listens.</summary>
    public static Activity? StartClient(Call call)
    {
        var source = SourceOf(call);
        if (!source.HasListeners())
        {
            return null;
        }

        var outer = Activity.Current;
        var activity = source.StartActivity(call.Traits.ActivityName, ActivityKind.Client);
        if (activity is not null)
        {
            Tag(activity, call);
            call.Parent = activity.Context;
            Activity.Current = outer;
        }

        return activity;
    }

    /// <summary>The callee's span, current during the call; null when nobody listens.</summary>
    public static Activity? StartServer(Call call)
    {
        if (call is TimerTick)
        {
            return null;
        }

        var activity = SourceOf(call).StartActivity(call.Traits.ActivityName, ActivityKind.Server, call.Parent);
        if (activity is not null)
        {
            Tag(activity, call);
        }

        return activity;
    }

    /// <summary>Ends the caller's span when its call is answered.</summary>
    public static void StopWhenAnswered(Activity activity, Call call)
    {
        if (call.Traits.IsOneWay)
        {
            activity.Dispose();
            return;
        }

        call.PromiseTask!.ContinueWith(
            static (task, state) => Stop((Activity)state!, task.Exception?.InnerException),
            activity,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    public static void Stop(Activity activity, Exception? error)
    {
        if (error is not null)
        {
            activity.SetStatus(ActivityStatusCode.Error);
            activity.SetTag("exception.type", error.GetType().FullName);
            activity.SetTag("exception.message", error.Message);
        }

        activity.Stop();
    }

    private static ActivitySource SourceOf(Call call) => call.Traits.IsRuntimeInterface ? Runtime : Application;

    private static void Tag(Activity activity, Call call)
    {
        activity.SetTag("rpc.system.name", "orleans");
        activity.SetTag("orleans.rpc.service", call.Traits.InterfaceName);
        activity.SetTag("rpc.method", $"{call.Traits.InterfaceName}/{call.Traits.ActivityName.Split('/')[1]}");
        activity.SetTag("orleans.rpc.target_id", call.GrainId.ToString());
    }
}
