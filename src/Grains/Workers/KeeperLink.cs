using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;

namespace OrleansSgd.Grains.Workers;

/// <summary>Hands a worker's updates to its keeper before they are pushed.</summary>
/// <remarks>
/// The keeper's answer is waited for, or no shard could be sure that what one of them has can be completed. When the call fails, its silo is the one
/// that is down: the worker goes on, and the next keeper gets everything that is not safe.
/// </remarks>
internal sealed class KeeperLink(IGrainFactory grains, WorkerIdentity identity, UpdateEncoder encoder)
{
    private IKeeperGrain? _keeper;
    private int _number;

    /// <summary>Hands over the update just sealed.</summary>
    /// <param name="sequence">Number of the update.</param>
    /// <param name="keeper">Number of the keeper; 0 for none.</param>
    /// <param name="safe">Updates below this ticket need not be kept any more.</param>
    /// <returns>False when this life of the worker is over: the update must not be pushed.</returns>
    public async ValueTask<bool> KeepAsync(long sequence, int keeper, long safe, CancellationToken cancellation)
    {
        if (keeper == 0)
        {
            encoder.Secured(long.MaxValue);
            return true;
        }

        if (keeper == _number)
        {
            return await SendAsync(encoder.Kept(sequence), safe, cancellation);
        }

        _number = keeper;
        _keeper = grains.GetGrain<IKeeperGrain>(JobKeys.Keeper(identity.Job, identity.Worker, keeper));
        foreach (UpdateFrames update in encoder.KeptFrom(safe))
        {
            if (!await SendAsync(update, safe, cancellation))
            {
                return false;
            }
        }

        return true;
    }

    private async ValueTask<bool> SendAsync(UpdateFrames update, long safe, CancellationToken cancellation)
    {
        try
        {
            ValueTask<KeepVerdict> asked = _keeper!.Keep(
                new KeepRequest(identity.Incarnation, update.Record.Ticket, safe, update.Frames, update.Row));
            for (int i = 0; i < WorkerLoop.SpinsMax && !asked.IsCompleted; i++)
            {
                Thread.SpinWait(WorkerLoop.SpinLength);
            }

            KeepVerdict verdict = asked.IsCompletedSuccessfully ? asked.Result : await asked.AsTask().WaitAsync(cancellation);
            if (verdict == KeepVerdict.Kept)
            {
                encoder.Secured(safe); // the keeper has let go of what is below
            }

            return verdict != KeepVerdict.Over;
        }
        catch (Exception error) when (error is TimeoutException or OrleansException)
        {
            encoder.Taint(update.Sequence); // whoever still reads it does so undisturbed
            return true;
        }
    }
}
