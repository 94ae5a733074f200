using OrleansSgd.Certifier.Reading;
using OrleansSgd.Certifier.Replay;

namespace OrleansSgd.Certifier.Figures;

/// <summary>Holds the figures that the run showed live against those that its rows give.</summary>
internal static class Agreement
{
    /// <summary>Both sum the same doubles, a million of them perhaps; only the order of additions may differ.</summary>
    public const double Tolerance = 1e-9;

    /// <summary>Adds a finding for each figure that differs.</summary>
    public static void Check(RunReplay replay, LedgerClosing closing, bool isBroken, FindingList findings)
    {
        CertificateParts parts = replay.Certificate.Parts(closing.Smoothness);
        double scale = new[] { parts.Optimisation, parts.Staleness, parts.Noise, parts.Bias, parts.Uncertainty }
            .Where(double.IsFinite).Sum(Math.Abs);
        bool isMeasured = replay.Means.Count > 0;
        Compare("delay_mean", replay.Means.DelayMean, 0);
        Compare("delay_max", isMeasured ? replay.Means.DelayMax : double.NaN, 0);
        Compare("gap_mean", replay.Means.GapMean, 0);
        Compare("bound_predicted", replay.Predicted.Value, 0);
        Compare("certificate.value", parts.Value, scale);
        Compare("certificate.optimisation", parts.Optimisation, scale);
        Compare("certificate.staleness", parts.Staleness, 0);
        Compare("certificate.noise", parts.Noise, 0);
        Compare("certificate.bias", parts.Bias, 0);
        Compare("certificate.jump", parts.Jump, 0);
        if (closing.Status is { } status && status == CertificateParts.Void != parts.IsVoid && !isBroken)
        {
            findings.Add(FindingKind.Agreement, -1, -1, $"The run called its certificate {status}, but its rows give {parts.Status}: {parts.Reason}");
        }

        if (closing.Condition is { } condition && !replay.Condition.AgreesWith(condition))
        {
            findings.Add(
                FindingKind.Agreement, -1, -1, $"The run's condition test said {condition}, but its rows give {replay.Condition.Verdict.Word()}.");
        }

        void Compare(string name, double again, double size)
        {
            double live = closing.Figures[name];
            if (!double.IsFinite(live) || !double.IsFinite(again))
            {
                return;
            }

            double allowed = Tolerance * Math.Max(size, Math.Max(Math.Abs(live), Math.Abs(again)));
            if (!(Math.Abs(live - again) <= allowed))
            {
                findings.Add(FindingKind.Agreement, -1, -1, $"The run showed {name} {live:r}, but its rows give {again:r}.");
            }
        }
    }
}
