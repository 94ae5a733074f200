using OrleansSgd.Core.Runs;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Grains.Jobs;

/// <content>What became of the samples, and who is slow, as events.</content>
public sealed partial class JobGrain
{
    private static readonly TimeSpan ToldSlowPause = TimeSpan.FromSeconds(30);

    private readonly Dictionary<int, long> _toldSlow = [];

    // Of an epoch that is closed; what a loss takes of it later is in the counts of the run.
    private static SampleCounts SamplesOf(RunCoordinator run, int epoch) => SampleCounts.Of(run.SamplesOf(epoch));

    private SampleCounts? SamplesInAll() =>
        _run?.Coordinator is { } run
            ? SampleCounts.Of(run.SamplesInAll(_phase is not (JobPhase.Starting or JobPhase.Running)), run.UpdatesUnplaced)
            : null;

    private void NoteStep(Run run, in TicketRequest request)
    {
        if (run.Coordinator.StepTimed(request.Worker, request.Incarnation, request.StepSeconds, out double ratio))
        {
            LogStraggler(Job, request.Worker, ratio);
            if (_toldSlow.TryGetValue(request.Worker, out long told) && time.GetElapsedTime(told) < ToldSlowPause)
            {
                return; // it is slow now and then: said once in a while
            }

            _toldSlow[request.Worker] = time.GetTimestamp();
            _events.Add(new JobEvent(
                "straggler", Seconds, run.Coordinator.Totals.Tickets, Silo: run.Coordinator.Workers[request.Worker].Silo,
                Worker: request.Worker, Ratio: ratio));
        }
    }
}
