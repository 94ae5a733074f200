using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Client.Reports;

/// <summary>Who watches a run: a person at a terminal, a log, or a program.</summary>
internal interface ITrainReport
{
    /// <summary>Runs <paramref name="body"/> while the report may own part of the screen.</summary>
    Task ShowAsync(Func<Task> body);

    /// <summary>A line for people about what happens before the run.</summary>
    void Say(string line);

    /// <summary>The data is read and training begins.</summary>
    void Started(StartedFacts started);

    /// <summary>Several times a second.</summary>
    void Progressed(ProgressFacts progress);

    /// <summary>Where the run was before somebody began to watch: after <see cref="Started"/> and before everything else, in order.</summary>
    void Recalled(ProgressFacts before);

    /// <summary>The model was judged on the test set.</summary>
    void Evaluated(JobEvent evaluated);

    /// <summary>The job goes on from a checkpoint, after its coordinator was lost.</summary>
    void Resumed(JobEvent resumed);

    /// <summary>A silo came or went.</summary>
    void MembershipChanged(JobEvent change);

    /// <summary>An operator paused the run, or let it go on.</summary>
    void Operated(JobEvent change);

    /// <summary>A worker was found slow against the others.</summary>
    void Straggling(JobEvent slow);

    /// <summary>A check does not hold: somebody must act.</summary>
    /// <param name="seconds">Since training began.</param>
    void Alarmed(double seconds, string alarm);

    /// <summary>Something makes the numbers worth less without making them wrong.</summary>
    /// <param name="seconds">Since training began.</param>
    void Warned(double seconds, string warning);

    /// <summary>The run completed or was cancelled.</summary>
    void Ended(EndedFacts ended);
}
