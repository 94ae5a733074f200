using OrleansSgd.Client.Reports;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Client.Training;

/// <summary>Tells a report what happened to a job, each thing once, however often the job's coordinator began anew.</summary>
internal sealed class JobHistory(ITrainReport report)
{
    private int _alarmsSeen;
    private int _warningsSeen;

    /// <summary>What to ask the job with.</summary>
    public int EventsSeen { get; private set; }

    /// <summary>The newest evaluation; null before the first.</summary>
    public JobEvent? Evaluated { get; private set; }

    /// <summary>Tells what is new.</summary>
    public void Show(JobProgress progress)
    {
        // The next coordinator of a job that is resumed numbers its events from its own beginning on.
        EventsSeen = Math.Max(EventsSeen + progress.Events.Length, progress.EventsEnd);
        foreach (JobEvent happened in progress.Events)
        {
            Tell(happened);
        }

        foreach (string alarm in progress.Alarms.Skip(_alarmsSeen))
        {
            report.Alarmed(progress.Seconds, alarm);
        }

        foreach (string warning in progress.Warnings.Skip(_warningsSeen))
        {
            report.Warned(progress.Seconds, warning);
        }

        _alarmsSeen = Math.Max(_alarmsSeen, progress.Alarms.Length);
        _warningsSeen = Math.Max(_warningsSeen, progress.Warnings.Length);
    }

    private void Tell(JobEvent happened)
    {
        switch (happened.Kind)
        {
            case "evaluated":
                Evaluated = happened;
                report.Evaluated(happened);
                break;
            case "resumed":
                report.Resumed(happened);
                break;
            case "paused" or "continued":
                report.Operated(happened);
                break;
            case "straggler":
                report.Straggling(happened);
                break;
            case "checkpoint":
                break; // it is among the warnings
            default:
                report.MembershipChanged(happened);
                break;
        }
    }
}
