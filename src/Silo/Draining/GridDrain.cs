using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansSgd.Grains;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Silo.Draining;

/// <summary>Hands over what a silo hosts before it stops: on a termination signal, or as soon as somebody gives notice.</summary>
/// <remarks>
/// A hosted service that is registered after the silo and so stops before it. It asks the grid to move everything and waits at most the deadline;
/// whatever is still here then goes with the silo, as in a crash.
/// </remarks>
public sealed partial class GridDrain(
    IGrainFactory grains, ILocalSiloDetails silo, IOptions<GridOptions> options, TimeProvider time, ILogger<GridDrain> log) : IHostedService
{
    // The grid's own answer at the deadline is worth more than our own clock; this is for one that does not answer at all.
    private static readonly TimeSpan AnswerGrace = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();
    private Task<bool>? _leaving;

    /// <summary>Begins to hand over now; the silo is expected to stop afterwards. The first notice holds, later ones wait for it.</summary>
    /// <param name="deadline">How long it may take; 0 hands over nothing.</param>
    /// <returns>True once nothing of any job lives on the silo any more; false when it has to go as it is. Never fails.</returns>
    public Task<bool> Notice(TimeSpan deadline)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(deadline, TimeSpan.Zero);
        lock (_gate)
        {
            return _leaving ??= LeaveAsync(deadline);
        }
    }

    /// <summary>Lets the silo stop without handing over: the whole grid stops.</summary>
    public void Skip()
    {
        lock (_gate)
        {
            _leaving ??= Task.FromResult(false);
        }
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return; // killed: the silo is gone already
        }

        try
        {
            await Notice(options.Value.DrainDeadline).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            LogCutShort(silo.SiloAddress.ToParsableString());
        }
    }

    private async Task<bool> LeaveAsync(TimeSpan deadline)
    {
        if (deadline == TimeSpan.Zero)
        {
            return false;
        }

        string self = silo.SiloAddress.ToParsableString();
        try
        {
            Dictionary<SiloAddress, SiloStatus> active = await grains.GetGrain<IManagementGrain>(0).GetHosts(true);
            if (!active.Keys.Any(other => !other.Equals(silo.SiloAddress)))
            {
                LogLast(self);
                return false;
            }

            bool isClear = await AskAsync(self, deadline);
            if (!isClear)
            {
                LogUnfinished(self, deadline.TotalSeconds);
            }

            return isClear;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // Whatever it was, the silo stops; what is still here is recovered as after a crash.
            LogUnanswered(self, error.Message);
            return false;
        }
    }

    // The grid answers within its hold time, so a long move is asked about several times; what is asked may itself move to another silo meanwhile.
    private async Task<bool> AskAsync(string self, TimeSpan deadline)
    {
        long begun = time.GetTimestamp();
        while (true)
        {
            TimeSpan left = deadline - time.GetElapsedTime(begun);
            bool isLastTry = left <= RetryPause;
            try
            {
                TimeSpan asked = isLastTry ? TimeSpan.Zero : left;
                bool isClear = await grains.GetGrain<IGridGrain>(IGridGrain.Key).Leave(self, asked).WaitAsync(asked + AnswerGrace, time);
                if (isClear)
                {
                    LogClear(self, time.GetElapsedTime(begun).TotalSeconds);
                }

                if (isClear || isLastTry)
                {
                    return isClear;
                }
            }
            catch (Exception error) when (error is TimeoutException or OrleansException && !isLastTry)
            {
                LogAskedAgain(self, error.Message);
            }

            await Task.Delay(RetryPause, time);
        }
    }
}
