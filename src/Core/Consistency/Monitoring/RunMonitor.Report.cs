using OrleansSgd.Core.Consistency.Bounds;
using OrleansSgd.Core.Consistency.Certificates;
using OrleansSgd.Core.Consistency.Estimates;
using OrleansSgd.Core.Runs;

namespace OrleansSgd.Core.Consistency.Monitoring;

/// <content>What it answers.</content>
public sealed partial class RunMonitor
{
    private static readonly CertificateValue Nothing = new(
        CertificateStatus.Void, "No loss was measured yet.", 0, 0, 0, double.NaN, double.NaN, double.NaN, double.NaN, 0, double.NaN, 0, double.NaN);

    /// <summary>What is known now.</summary>
    public MonitorReport Report()
    {
        RunPlan plan = _options.Plan;
        ElasticBound predicted = PredictedBound.Of(plan, _maxima);
        double smoothness = _certificate?.Smoothness ?? SmoothnessFrom(_secants.Max);
        return new MonitorReport
        {
            TicketsFinalised = NextTicket,
            TicketEnd = _meter.TicketEnd,
            StepCount = _maxima.Count,
            DelayMean = _meter.DelaysOfRun.Mean,
            DelayMax = _meter.DelaysOfRun.Max,
            DelayCounts = _delays.Counts.ToArray(),
            DelayWidth = _delays.Width,
            DelayMeanWindow = _meter.Delays.Mean,
            DelayP99Window = _meter.Delays.Quantile(0.99),
            GapMean = _meter.GapBoundsOfRun.Mean,
            GapMax = _meter.GapBoundsOfRun.Max,
            GapMeanWindow = _meter.GapBounds.Mean,
            GapMaxWindow = _meter.GapBounds.Max,
            GapEstimateWindow = _meter.GapEstimates.Mean,
            BoundPredicted = predicted,
            BoundTested = plan.Consistency.Bound ?? predicted.Value,
            ConditionNewest = _conditions.Newest,
            Condition = _conditions.Verdict,
            Certificate = _certificate?.Whole ?? Nothing,
            Smoothness = smoothness,
            Noise = _noiseNewest,
            PaperForm = PaperForm(plan, predicted.Value, smoothness),
            Falsification = _falsification,
            GradientSquared = _gradientSquared.Mean,
            GradientSquaredError = _gradientSquared.Error,
            Alarms = [.. _alarms],
            Warnings = [.. _warnings, .. Timing(_timeAndLoss, "the loss of their batch"), .. Timing(_timeAndGradient, "the norm that comes out")],
            RecordsRefused = _recordsRefused,
        };
    }

    private static IEnumerable<string> Timing(CorrelationTest test, string what)
    {
        if (test.IsCorrelated)
        {
            yield return $"How long gradients take goes with {what}: r = {test.Correlation:f2} over {test.Count}, {Math.Abs(test.Errors):f0} standard errors " +
                "from 0. Late updates are then not like the others, and the certificate does not see that bias; make batches of equal work.";
        }
    }

    // Losses here are not negative, so 0 stands for the least one.
    private double PaperForm(RunPlan plan, double bound, double smoothness) => plan.IsSynchronous && _maxima.Count > 0
        ? PaperForms.NonConvexParallel(_maxima.Count / _maxima.SlotCountMin, _maxima.SlotCountMin, _lossFirst, smoothness, bound, _noiseNewest)
        : PaperForms.NonConvexSingle(_maxima.Count, _lossFirst, smoothness, bound, _noiseNewest);
}
