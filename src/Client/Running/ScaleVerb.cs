using System.CommandLine;
using System.Globalization;
using OrleansSgd.Client.Reports;
using OrleansSgd.Client.Training;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Client.Running;

/// <summary><c>grid scale grid N</c> and <c>grid scale JOB N</c>.</summary>
internal static class ScaleVerb
{
    private const string GridTarget = "grid";

    // A silo that leaves hands over first; its own deadline ends that.
    private static readonly TimeSpan SettleMax = TimeSpan.FromMinutes(2);

    public static Command Create(Terminal terminal)
    {
        var verb = new ClientVerb(
            terminal, "scale", "Gives the grid another number of silos, or a job another number of workers.", "grid scale grid 4", "grid scale mnist-1 2");
        var target = new Argument<string>("TARGET") { Description = "grid, or a job's id." };
        var count = new Argument<int>("N") { Description = "Silos of the grid, or workers of the job: at most as many as it was submitted with." };
        verb.Command.Arguments.Add(target);
        verb.Command.Arguments.Add(count);
        return verb.Run((parsed, session, interrupted) => parsed.GetRequiredValue(target) is var name && name == GridTarget
            ? ScaleGridAsync(session, parsed.GetRequiredValue(count), interrupted)
            : ScaleJobAsync(session, name, parsed.GetRequiredValue(count)));
    }

    private static async Task<Failure?> ScaleJobAsync(ClientSession session, string job, int workers)
    {
        if (await JobVerbs.UnknownAsync(session, job) is { } unknown)
        {
            return unknown;
        }

        OperatorAnswer answer = await JobVerbs.InsistAsync(session, job, () => session.Job(job).Scale(workers));
        if (answer.Refusal is { } refusal)
        {
            return new Failure(ExitCodes.BadInput, refusal);
        }

        session.Say($"{job} computes with {Figures.Of(workers, "worker")} from now on.");
        session.Tell("completed", json =>
        {
            json.Text("job", job);
            json.Number("workers", workers);
        });
        return null;
    }

    private static async Task<Failure?> ScaleGridAsync(ClientSession session, int silos, CancellationToken interrupted)
    {
        OperatorAnswer answer = await session.Door.Scale(silos);
        if (answer.Refusal is { } refusal)
        {
            return new Failure(ExitCodes.BadInput, refusal);
        }

        long since = session.Terminal.Time.GetTimestamp();
        int now;
        do
        {
            now = await CountAsync(session);
            if (now != silos)
            {
                await Task.Delay(JobWatch.PollPeriod, session.Terminal.Time, interrupted);
            }
        }
        while (now != silos && session.Terminal.Time.GetElapsedTime(since) < SettleMax);

        double seconds = session.Terminal.Time.GetElapsedTime(since).TotalSeconds;
        if (now != silos)
        {
            return new Failure(
                ExitCodes.RunFailed,
                string.Create(CultureInfo.InvariantCulture, $"The grid has {now} silos after {seconds:F0} s, and {silos} are wanted."),
                "The log of the silo process says what keeps them; 'grid scale' may be called again.");
        }

        session.Say($"The grid has {Figures.Of(silos, "silo")} after {Figures.Duration(seconds)}.");
        session.Tell("completed", json =>
        {
            json.Number("silos", silos);
            json.Measure("seconds", seconds);
        });
        return null;
    }

    // The grain that answers may live on a silo that goes at this moment.
    private static async Task<int> CountAsync(ClientSession session)
    {
        try
        {
            return (await session.Door.Overview()).Silos.Length;
        }
        catch (OrleansException)
        {
            return -1;
        }
    }
}
