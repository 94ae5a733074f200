using OrleansSgd.Core.Consistency.Estimates;
using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Consistency.Sketches;

namespace OrleansSgd.Core.Runs;

/// <summary>How closely the consistency of a run is measured.</summary>
public sealed record ConsistencyPlan
{
    /// <summary>Counters of the sketches that estimate distances: 0 for none, or a power of two, 64 to 4096.</summary>
    /// <remarks>Upper bounds of the distances are always there; an estimate costs one more pass over each update.</remarks>
    public int Sketch { get; init; }

    /// <summary>Every how many updates of a worker its batch is halved to measure the noise; 1 to 1 000 000.</summary>
    public int NoiseEvery { get; init; } = 16;

    /// <summary>Every how many updates of a worker a gradient is computed twice to measure L; 0 for never.</summary>
    /// <remarks>Only where L is not known exactly.</remarks>
    public int SmoothnessEvery { get; init; } = 128;

    /// <summary>Seconds between two evaluations of the training loss inside an epoch; 0 for the ends of epochs only.</summary>
    public double CutSeconds { get; init; } = 5;

    /// <summary>Training samples that the loss at a cut is measured on; 0 for all of them.</summary>
    public int LossSamples { get; init; } = 2048;

    /// <summary>The B that mean gaps are tested against; null for the one that the mode's model predicts.</summary>
    public double? Bound { get; init; }

    /// <summary>One-sided confidence of tests and limits; above 0.5, below 1.</summary>
    public double Confidence { get; init; } = ConditionTest.ConfidenceDefault;

    /// <summary>Everything wrong with the plan.</summary>
    /// <param name="path">Where it stands, such as <c>consistency</c>.</param>
    public IEnumerable<string> Mistakes(string path)
    {
        if (Sketch != 0 && (Sketch is < CountSketch.WidthMin or > TicketRecord.SketchWidthMax || !int.IsPow2(Sketch)))
        {
            yield return $"{path}.sketch is {Sketch}; use 0, or a power of two from {CountSketch.WidthMin} to {TicketRecord.SketchWidthMax}.";
        }

        if (NoiseEvery is < 1 or > 1_000_000)
        {
            yield return $"{path}.noiseEvery is {NoiseEvery}; use 1 to 1000000.";
        }

        if (SmoothnessEvery is < 0 or > 1_000_000)
        {
            yield return $"{path}.smoothnessEvery is {SmoothnessEvery}; use 0 to 1000000.";
        }

        if (!(CutSeconds >= 0 && CutSeconds <= 86_400))
        {
            yield return $"{path}.cutSeconds is {CutSeconds}; use 0 to 86400.";
        }

        if (LossSamples < 0)
        {
            yield return $"{path}.lossSamples is {LossSamples}; use 0 or more.";
        }

        if (Bound is { } bound && !(double.IsFinite(bound) && bound > 0))
        {
            yield return $"{path}.bound is {bound}; use a finite number above 0.";
        }

        if (!(Confidence > 0.5 && Confidence < 1))
        {
            yield return $"{path}.confidence is {Confidence}; use a number above 0.5, below 1.";
        }
    }
}
