using System.Globalization;
using OrleansSgd.Simulator.Faults.Facts;

namespace OrleansSgd.Simulator.Faults.Checks;

/// <summary>Once faults have stopped, progress resumes: there is a ticket or the end every few seconds.</summary>
internal sealed class ProgressCheck : Check
{
    // Longest pause of a worker, by a clock twice too slow, and as much again for everybody it waits for. In microseconds.
    private const double PauseMax = 3_000_000;

    public override string? Breach(RunFacts facts)
    {
        double last = facts.Plan.FaultsEnd;
        for (int i = 0; i < facts.All.Count; i++)
        {
            if (facts.All[i] is not (TicketGiven or Ended))
            {
                continue;
            }

            double moment = facts.Moments[i];
            if (moment - last > PauseMax)
            {
                return string.Create(
                    CultureInfo.InvariantCulture, $"nothing was done from {last / 1e6:F2} s to {moment / 1e6:F2} s, although faults had stopped");
            }

            last = Math.Max(last, moment);
        }

        return null;
    }
}
