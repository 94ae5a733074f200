using System.Globalization;
using OrleansSgd.Core.Runs;

namespace OrleansSgd.Simulator.Planning;

/// <summary>A job as a plan sees it: its sizes, its mode, and what is known of its gradients and its loss.</summary>
public sealed record PlannedJob
{
    /// <summary>p; 1 to 10 000.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>S; 1 to 10 000, no more than there are parameters.</summary>
    public int Shards { get; init; } = 1;

    /// <summary>One of <see cref="Modes"/>.</summary>
    public string Mode { get; init; } = RunPlan.Async;

    /// <summary>s of ssp; 0 to 10 000.</summary>
    public int StepsAheadMax { get; init; } = 3;

    /// <summary>d; 1 or more.</summary>
    public long Parameters { get; init; } = 1_000_000;

    /// <summary>Samples of one epoch; 1 or more.</summary>
    public long Samples { get; init; } = 1_000_000;

    /// <summary>Samples of a mini-batch; 1 or more.</summary>
    public int Batch { get; init; } = 64;

    /// <summary>Passes over the data; 1 or more.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>Batches of one lease in async; 1 to 10 000.</summary>
    public int LeaseBatches { get; init; } = 16;

    /// <summary>Share of the coordinates that an update carries; above 0, 1 for dense ones.</summary>
    public double PushFraction { get; init; } = 1;

    /// <summary>α; above 0.</summary>
    public double Rate { get; init; } = 0.1;

    /// <summary>√(mean ‖G‖²) of a batch, given or measured; NaN when not known: then B is not forecast.</summary>
    public double GradientNorm { get; init; } = double.NaN;

    /// <summary>σ of a batch, at most the norm; NaN when not known: then B is forecast from the norm alone.</summary>
    public double Noise { get; init; } = double.NaN;

    /// <summary>When the job has got somewhere; null when nobody asks.</summary>
    public LossTarget? Target { get; init; }

    /// <summary>The modes that are planned.</summary>
    public static IReadOnlyList<string> Modes { get; } = [RunPlan.Async, RunPlan.Bsp, RunPlan.Ssp];

    /// <summary>Samples of the whole job.</summary>
    public double SamplesTotal => (double)Samples * Epochs;

    /// <summary>r: what a gradient is multiplied by; α in single steps, α / p in rounds.</summary>
    public double Weight => Mode == RunPlan.Bsp ? Rate / Workers : Rate;

    /// <summary>Everything wrong with the job, each with its key, its value and the range.</summary>
    public IEnumerable<string> Mistakes()
    {
        foreach ((string key, long value, long min, long max) in ((string, long, long, long)[])
            [
                ("workers", Workers, 1, RunPlan.MembersMax), ("shards", Shards, 1, Math.Clamp(Parameters, 1, RunPlan.MembersMax)),
                ("stepsAheadMax", StepsAheadMax, 0, 10_000), ("parameters", Parameters, 1, 1_000_000_000_000),
                ("samples", Samples, 1, long.MaxValue), ("batch", Batch, 1, int.MaxValue), ("epochs", Epochs, 1, int.MaxValue),
                ("leaseBatches", LeaseBatches, 1, 10_000),
            ])
        {
            if (value < min || value > max)
            {
                yield return $"{key} is {value}; use {min} to {max}.";
            }
        }

        if (RunPlan.Modes.Contains(Mode) && !Modes.Contains(Mode))
        {
            yield return $"mode {Mode} is not planned; use {string.Join(", ", Modes)}.";
        }
        else if (!Modes.Contains(Mode))
        {
            yield return $"mode is '{Mode}'; use {string.Join(", ", Modes)}.";
        }

        if (!(PushFraction > 0 && PushFraction <= 1))
        {
            yield return $"fraction is {Text(PushFraction)}; use a number above 0, at most 1.";
        }

        if (!(double.IsFinite(Rate) && Rate > 0))
        {
            yield return $"rate is {Text(Rate)}; use a finite number above 0.";
        }

        if (GradientNorm is not double.NaN && !(double.IsFinite(GradientNorm) && GradientNorm >= 0))
        {
            yield return $"gradientNorm is {Text(GradientNorm)}; use a finite number, 0 or more.";
        }

        if (Noise is not double.NaN && !(Noise >= 0 && Noise <= GradientNorm))
        {
            yield return $"noise is {Text(Noise)}; use 0 up to gradientNorm, {Text(GradientNorm)}: E‖G‖² is σ² + ‖∇f‖².";
        }

        foreach (string mistake in Target?.Mistakes(this) ?? [])
        {
            yield return mistake;
        }
    }

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
