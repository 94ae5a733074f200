using System.Runtime.InteropServices;
using OrleansSgd.Core.Checkpoints;
using OrleansSgd.Core.Samples;
using OrleansSgd.Grains.Checkpoints;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Grains.Jobs;

/// <content>The trained model, and what the store keeps of a job that is over.</content>
public sealed partial class JobGrain
{
    private float[] _trained = [];
    private float[] _statistics = [];

    /// <inheritdoc/>
    public Task<ModelPiece> Model(int start, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, ModelPieceMax);
        int end = (int)Math.Min((long)start + length, _trained.Length);
        return Task.FromResult(new ModelPiece(
            start < end ? MemoryMarshal.AsBytes(_trained.AsSpan(start..end)).ToArray() : default));
    }

    /// <inheritdoc/>
    public Task<ModelPiece> Statistics() => Task.FromResult(new ModelPiece(MemoryMarshal.AsBytes<float>(_statistics).ToArray()));

    /// <summary>The job is over: keeps its model and how it ended, so that nobody resumes it.</summary>
    private async Task KeepEndAsync(Run? run, JobPhase phase, float[] trained, float[] statistics)
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

            if (statistics.Length > 0)
            {
                byte[] measured = MemoryMarshal.AsBytes<float>(statistics).ToArray();
                parts.Add(await store.WriteAsync(claim, EndedJob.StatisticsName, measured, CancellationToken.None));
            }

            byte[] ended = EndedJob.ToBytes(ProgressNow(eventsSeen: 0) with { Phase = phase });
            parts.Add(await store.WriteAsync(claim, EndedJob.PartName, ended, CancellationToken.None));
            parts.Add(await store.WriteAsync(claim, EndedJob.CurveName, EndedJob.ToBytes(PointsUntilNow()), CancellationToken.None));
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

    private async Task EndCancelledAsync(Run run)
    {
        float[] statistics = await StatisticsAsync(run, _trained);
        if (_phase == JobPhase.Running)
        {
            _statistics = statistics;
            End(JobPhase.Cancelled);
        }
    }

    // What a model is evaluated with goes along with it; one that cannot be evaluated is kept all the same.
    private async Task<float[]> StatisticsAsync(Run run, float[] parameters)
    {
        try
        {
            return parameters.Length == 0 ? [] : await run.Evaluator.StatisticsAsync(parameters);
        }
        catch (ModelException error)
        {
            LogCommandFailed(Job, "Statistics", -1, 0, error.Message);
            return [];
        }
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
