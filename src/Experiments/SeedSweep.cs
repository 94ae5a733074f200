using OrleansSgd.Experiments.Statistics;
using OrleansSgd.Simulator;

namespace OrleansSgd.Experiments;

/// <summary>The runs of one configuration, one a seed.</summary>
/// <param name="Runs">In the order of the seeds.</param>
public sealed record SeedSweep(IReadOnlyList<SimulationResult> Runs)
{
    /// <summary>Makes the runs, side by side; each is a run of its own, so their order changes nothing.</summary>
    /// <param name="plan">The run of one seed.</param>
    public static SeedSweep Of(ExperimentOptions options, Func<ulong, SimulationPlan> plan, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(plan);
        var runs = new SimulationResult[options.SeedCount];
        Parallel.For(
            0, runs.Length, new ParallelOptions { CancellationToken = cancellation },
            i => runs[i] = TrainingSimulation.Run(plan(options.Seed + (ulong)i)));
        return new SeedSweep(runs);
    }

    /// <summary>One number of every run.</summary>
    public Figure Of(Func<SimulationResult, double> number) => Figure.Of(Runs.Select(number));

    /// <summary>√ of the exact mean gap.</summary>
    public Figure BoundExact => Of(run => Math.Sqrt(run.Truth.GapMean));

    /// <summary>√ of the mean gap that the meter reports.</summary>
    public Figure BoundMeasured => Of(run => run.Report.BoundMeasured);

    /// <summary>B that the monitor predicts with what it saw.</summary>
    public Figure BoundPredicted => Of(run => run.Report.BoundPredicted.Value);

    /// <summary>True average of ‖∇f(x)‖².</summary>
    public Figure GradientTrue => Of(run => run.Truth.GradientSquaredMean);

    /// <summary>What the certificate says of it; NaN when some run has none.</summary>
    public Figure Certificate => Of(run => run.Report.Certificate.Total);

    /// <summary>The certificate's reason in runs where it is void; empty when it never is.</summary>
    public string VoidReason => Runs.Select(run => run.Report.Certificate)
        .FirstOrDefault(value => value.Status == Core.Consistency.Certificates.CertificateStatus.Void).Reason ?? "";
}
