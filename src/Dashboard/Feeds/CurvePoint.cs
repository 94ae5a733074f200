using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Dashboard.Feeds;

/// <summary>What is drawn of a run at one moment; NaN for what is not known.</summary>
/// <param name="Seconds">Since training began.</param>
/// <param name="Loss">Mean training loss of the newest reports.</param>
/// <param name="SamplesPerSecond">Lately.</param>
/// <param name="DelayMean">Mean of the largest delay of each update.</param>
/// <param name="BoundMeasured">√(mean gap).</param>
/// <param name="BoundPredicted">What it is held against.</param>
/// <param name="Certificate">The certificate.</param>
/// <param name="Optimisation">Its part for what the loss fell by.</param>
/// <param name="Staleness">Its part for stale views.</param>
/// <param name="Noise">Its part for the sampling noise.</param>
/// <param name="Accuracy">On the test set, when it was evaluated last.</param>
internal readonly record struct CurvePoint(
    double Seconds, double Loss, double SamplesPerSecond, double DelayMean, double BoundMeasured, double BoundPredicted, double Certificate,
    double Optimisation, double Staleness, double Noise, double Accuracy)
{
    /// <summary>The names of the columns in JSON, in their order.</summary>
    public static readonly string[] Names =
    [
        "seconds", "loss", "samplesPerSecond", "delayMean", "boundMeasured", "boundPredicted", "certificate", "optimisation", "staleness", "noise",
        "testAccuracy",
    ];

    /// <summary>One column.</summary>
    public double this[int column] => column switch
    {
        0 => Seconds,
        1 => Loss,
        2 => SamplesPerSecond,
        3 => DelayMean,
        4 => BoundMeasured,
        5 => BoundPredicted,
        6 => Certificate,
        7 => Optimisation,
        8 => Staleness,
        9 => Noise,
        10 => Accuracy,
        _ => throw new ArgumentOutOfRangeException(nameof(column), column, "There are eleven columns."),
    };

    /// <summary>What a run's progress gives to draw.</summary>
    /// <param name="progress">The progress.</param>
    /// <param name="rate">Samples per second, lately.</param>
    /// <param name="accuracy">Of the newest evaluation.</param>
    public static CurvePoint Of(JobProgress progress, double rate, double accuracy)
    {
        CertificateProgress? certificate = progress.Certificate;
        return new(
            progress.Seconds, progress.Loss, rate, progress.DelayMean, progress.BoundMeasured, progress.BoundPredicted,
            certificate?.Value ?? double.NaN, certificate?.Optimisation ?? double.NaN, certificate?.Staleness ?? double.NaN,
            certificate?.Noise ?? double.NaN, accuracy);
    }
}
