using OrleansSgd.Core.Consistency.Certificates;
using OrleansSgd.Simulator;

namespace OrleansSgd.Experiments.Tests.Simulator;

/// <summary>Holds certificates against what was true. Knows nothing of how either was made.</summary>
/// <remarks>
/// The inequality is about expectations over the samples. In one run it can fail by the noise that it averages away: with ξ the error of a
/// gradient, Σ r⟨∇f(x), ξ⟩ has mean 0 and variance at most Σ r²‖∇f(x)‖²σ², and enters the average of ‖∇f‖² times 2 / A. So a single run may lie above
/// its certificate by a few of these standard errors, and the mean of many seeds by none.
/// </remarks>
internal static class CertificateCheck
{
    /// <summary>How many standard errors one run may be off: of some thousand normal draws none is expected beyond.</summary>
    public const double ErrorsMax = 4;

    public static bool IsCertified(SimulationResult run) => run.Report.Certificate.Status != CertificateStatus.Void;

    /// <summary>What is wrong with single runs, in sentences.</summary>
    /// <param name="noise">σ² of a batch, at most.</param>
    public static IEnumerable<string> Mistakes(SimulationResult run, double noise)
    {
        string seed = $"seed {run.Plan.Run.Seed}";
        double certificate = run.Report.Certificate.Total;
        double error = run.Truth.SamplingError(noise);
        if (IsCertified(run) && run.Truth.GradientSquaredMean > certificate + (ErrorsMax * error))
        {
            yield return $"{seed}: certificate {certificate:g4} is below the truth {run.Truth.GradientSquaredMean:g4} by more than {ErrorsMax} sampling errors of {error:g3}";
        }

        // The views are f32: each coordinate carries the rounding of some thousand additions, about 1e-6 of it, which α² makes larger.
        double rate = run.Plan.Run.Rate.Rate;
        double blur = run.Plan.Objective.Dimension * 1e-11 / (rate * rate);
        if (run.Truth.GapMean > (run.Report.GapMean * (1 + 1e-5)) + blur)
        {
            yield return $"{seed}: exact mean gap {run.Truth.GapMean:g6} is above the meter's {run.Report.GapMean:g6}";
        }

        // x of the ledger and the shards differ by the rounding of float additions: half a unit in the last place each, coordinates below 10.
        double rounding = 1e-6 * Math.Sqrt(run.Totals.Tickets) * 10;
        if (!(run.Truth.ParameterError <= rounding))
        {
            yield return $"{seed}: shards end {run.Truth.ParameterError:g3} away from x; rounding explains {rounding:g3}";
        }

        // The coordinator says so itself when losses came together in a way that it cannot account for; everything else is a bug.
        foreach (string alarm in run.Report.Alarms.Except(run.Breaks))
        {
            yield return $"{seed}: alarm: {alarm}";
        }
    }

    /// <summary>What is wrong with the mean over the seeds of one configuration; null for nothing.</summary>
    public static string? MeanMistake(IReadOnlyCollection<SimulationResult> runs)
    {
        SimulationResult[] certified = [.. runs.Where(IsCertified)];
        if (certified.Length == 0)
        {
            return null;
        }

        double certificate = certified.Average(run => run.Report.Certificate.Total);
        double truth = certified.Average(run => run.Truth.GradientSquaredMean);
        return certificate < truth ? $"mean certificate {certificate:g4} over {certified.Length} seeds is below the mean truth {truth:g4}" : null;
    }
}
