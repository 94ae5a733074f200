using System.Runtime.InteropServices;
using OrleansSgd.Core.Checkpoints;
using OrleansSgd.Grains.Checkpoints;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Grains.Jobs;

/// <content>What the store keeps of a job that is over.</content>
public sealed partial class JobGrain
{
    /// <summary>The job is over: keeps its model and how it ended, so that nobody resumes it.</summary>
    private async Task KeepEndAsync(Run? run, JobPhase phase, float[] trained)
    {
        if (run is null || _claim is not { } claim || port.Store is not { } store || _isOutclaimed)
        {
            return;
        }

        try
        {
            await _checkpointing;
            var parts = new List<CheckpointPart>();
            if (trained.Length > 0)
            {
                byte[] model = MemoryMarshal.AsBytes<float>(trained).ToArray();
                parts.Add(await store.WriteAsync(claim, EndedJob.ModelName, model, CancellationToken.None));
            }

            byte[] ended = EndedJob.ToBytes(ProgressNow(eventsSeen: 0) with { Phase = phase });
            parts.Add(await store.WriteAsync(claim, EndedJob.PartName, ended, CancellationToken.None));
            await store.PublishAsync(
                claim, ManifestOf(run, ++_checkpointNumber, run.Coordinator.Totals.Tickets, phase.ToString(), parts), CancellationToken.None);
            _checkpoints++;
        }
        catch (CheckpointStoreException trouble)
        {
            StoreFailed(trouble);
        }

        Signal(ref _progressed);
    }

    // The members of a job that another coordinator has taken over are his; the store says whose it is.
    private async Task StopMembersAsync(Run? run)
    {
        await _keeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (run is not null && !_isOutclaimed)
        {
            await run.StopMembersAsync(KeepersOf(run));
        }
    }
}
