using OrleansSgd.Core.Scheduling.Gates;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;

namespace OrleansSgd.Grains.Workers;

/// <summary>Hands a worker's updates to its keeper before they are pushed.</summary>
/// <remarks>
/// The keeper's answer is waited for, or no shard could be sure that what one of them has can be completed. When it does not come, nobody knows whose silo
/// is cut off: the worker asks for its ticket again, until the coordinator names another keeper, which gets everything that is not safe, or ends this life.
/// </remarks>
internal sealed class KeeperLink(IGrainFactory grains, WorkerIdentity identity, UpdateEncoder encoder)
{
    private IKeeperGrain? _keeper;
    private int _number;

    /// <summary>Hands over the update just sealed.</summary>
    /// <param name="sequence">Number of the update.</param>
    /// <param name="keeper">Number of the keeper; 0 for none.</param>
    /// <param name="safe">Updates below this ticket need not be kept any more.</param>
    /// <returns>Given when it may be pushed; Held when the keeper did not answer; Fenced when this life of the worker is over.</returns>
    public async ValueTask<TicketVerdict> KeepAsync(long sequence, int keeper, long safe, CancellationToken cancellation)
    {
        if (keeper == 0)
        {
            encoder.Secured(long.MaxValue);
            return TicketVerdict.Given;
        }

        if (keeper == _number)
        {
            return await SendAsync(encoder.Kept(sequence), safe, cancellation);
        }

        _number = 0;
        _keeper = grains.GetGrain<IKeeperGrain>(JobKeys.Keeper(identity.Job, identity.Worker, keeper));
        foreach (UpdateFrames update in encoder.KeptFrom(safe))
        {
            if (await SendAsync(update, safe, cancellation) is not TicketVerdict.Given and var verdict)
            {
                return verdict;
            }
        }

        _number = keeper;
        return TicketVerdict.Given;
    }

    private async ValueTask<TicketVerdict> SendAsync(UpdateFrames update, long safe, CancellationToken cancellation)
    {
        try
        {
            ValueTask<KeepVerdict> asked = _keeper!.Keep(
                new KeepRequest(identity.Incarnation, update.Record.Ticket, safe, update.Frames, update.Row, update.Values));
            for (int i = 0; i < WorkerLoop.SpinsMax && !asked.IsCompleted; i++)
            {
                Thread.SpinWait(WorkerLoop.SpinLength);
            }

            KeepVerdict verdict = asked.IsCompletedSuccessfully ? asked.Result : await asked.AsTask().WaitAsync(cancellation);
            if (verdict == KeepVerdict.Kept)
            {
                encoder.Secured(safe); // the keeper has let go of what is below
            }

            return verdict == KeepVerdict.Over ? TicketVerdict.Fenced : TicketVerdict.Given;
        }
        catch (Exception error) when (error is TimeoutException or OrleansException)
        {
            encoder.Taint(update.Sequence); // whoever still reads it does so undisturbed
            return TicketVerdict.Held;
        }
    }
}
