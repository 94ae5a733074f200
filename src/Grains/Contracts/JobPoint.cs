namespace OrleansSgd.Grains.Contracts;

/// <summary>A run's figures at one moment, for its curves; NaN for what was not known then.</summary>
/// <param name="Seconds">Since training began.</param>
/// <param name="Tickets">Given out by then.</param>
/// <param name="Samples">Committed by then.</param>
/// <param name="Loss">Mean loss of the newest reports.</param>
/// <param name="DelayMean">Mean of the largest delay of each update.</param>
/// <param name="DelayMax">Largest delay of any update.</param>
/// <param name="GapMean">Mean of D / α².</param>
/// <param name="BoundMeasured">√(mean gap).</param>
/// <param name="BoundPredicted">What it was held against.</param>
/// <param name="BytesPushed">Of all push frames.</param>
/// <param name="BytesPulled">Of all view frames.</param>
/// <param name="Certificate">Without its reason; null before there was one.</param>
[GenerateSerializer, Immutable, Alias("OrleansSgd.JobPoint")]
public sealed record JobPoint(
    [property: Id(0)] double Seconds,
    [property: Id(1)] long Tickets,
    [property: Id(2)] long Samples,
    [property: Id(3)] double Loss,
    [property: Id(4)] double DelayMean,
    [property: Id(5)] long DelayMax,
    [property: Id(6)] double GapMean,
    [property: Id(7)] double BoundMeasured,
    [property: Id(8)] double BoundPredicted,
    [property: Id(9)] long BytesPushed,
    [property: Id(10)] long BytesPulled,
    [property: Id(11)] CertificateProgress? Certificate)
{
    /// <summary>What of a run's progress its curves need.</summary>
    public static JobPoint Of(JobProgress progress)
    {
        ArgumentNullException.ThrowIfNull(progress);
        return new(
            progress.Seconds, progress.Tickets, progress.Samples, progress.Loss, progress.DelayMean, progress.DelayMax, progress.GapMean, progress.BoundMeasured,
            progress.BoundPredicted, progress.BytesPushed, progress.BytesPulled, progress.Certificate is { } certificate ? certificate with { Reason = "" } : null);
    }

    /// <summary>The run's progress as it was at this moment.</summary>
    /// <param name="newest">What does not change while a run goes on is taken from here.</param>
    public JobProgress On(JobProgress newest)
    {
        ArgumentNullException.ThrowIfNull(newest);
        return new()
        {
            Phase = JobPhase.Running,
            Parameters = newest.Parameters,
            SamplesTotal = newest.SamplesTotal,
            SamplesPerEpoch = newest.SamplesPerEpoch,
            Silos = newest.Silos,
            WorkersLive = newest.WorkersLive,
            Seconds = Seconds,
            Tickets = Tickets,
            Samples = Samples,
            Loss = Loss,
            DelayMean = DelayMean,
            DelayMax = DelayMax,
            GapMean = GapMean,
            BoundMeasured = BoundMeasured,
            BoundPredicted = BoundPredicted,
            BytesPushed = BytesPushed,
            BytesPulled = BytesPulled,
            Certificate = Certificate,
        };
    }
}
