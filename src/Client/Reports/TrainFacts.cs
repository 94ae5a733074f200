using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;

namespace OrleansSgd.Client.Reports;

/// <summary>What is about to be trained, and on what.</summary>
/// <param name="Job">Id of the job.</param>
/// <param name="Parameters">d.</param>
internal sealed record StartedFacts(string Job, JobPlan Plan, int Silos, int Parameters);

/// <summary>Where a run is.</summary>
/// <param name="Progress">As the job says it.</param>
/// <param name="SamplesPerSecond">Of late; NaN before two measurements.</param>
/// <param name="SecondsLeft">At that speed; NaN when unknown.</param>
internal sealed record ProgressFacts(JobProgress Progress, double SamplesPerSecond, double SecondsLeft)
{
    /// <summary>Epochs closed.</summary>
    public int Epoch => Progress.SamplesPerEpoch > 0 ? (int)(Progress.Samples / Progress.SamplesPerEpoch) : 0;

    /// <summary>Share of the run that is done, 0 to 1.</summary>
    public double Share => Progress.SamplesTotal > 0 ? (double)Progress.Samples / Progress.SamplesTotal : 0;
}

/// <summary>How a run ended that left something to speak of: completed, or cancelled.</summary>
/// <param name="Last">The newest evaluation; null when there was none.</param>
/// <param name="ModelPath">Where the model is; null when there is none.</param>
/// <param name="TracePath">Where the trace is; null when there is none.</param>
/// <param name="ExportWith">How to get the model from the grid that has it; null when it is a file, or there is none.</param>
/// <param name="ReportPath">Where the page about the run is; null when there is none.</param>
internal sealed record EndedFacts(
    StartedFacts? Started, JobProgress Progress, JobEvent? Last, string? ModelPath, string? TracePath = null, string? ExportWith = null,
    string? ReportPath = null)
{
    /// <summary>Mean over the whole run; NaN for a run without length.</summary>
    public double SamplesPerSecond => Progress.Seconds > 0 ? Progress.Samples / Progress.Seconds : double.NaN;
}
