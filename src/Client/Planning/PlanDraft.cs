using System.Globalization;
using OrleansSgd.Simulator.Planning;

namespace OrleansSgd.Client.Planning;

/// <summary>A plan while its options are read.</summary>
internal sealed class PlanDraft
{
    /// <summary>The cluster so far.</summary>
    public ClusterDescription Cluster { get; set; } = new();

    /// <summary>The job so far.</summary>
    public PlannedJob Job { get; set; } = new();

    /// <summary>Silos, when they are given.</summary>
    public int? Silos { get; set; }

    public double? GradientTarget { get; set; }

    public double LossFall { get; set; } = double.NaN;

    public double Smoothness { get; set; } = double.NaN;

    public double? LossTarget { get; set; }

    public double LossStart { get; set; } = double.NaN;

    public double LossFloor { get; set; }

    public double CurveSamples { get; set; } = double.NaN;

    public double CurvePower { get; set; } = 1;

    /// <summary>What could not be read, one sentence each.</summary>
    public List<string> Mistakes { get; } = [];

    /// <summary>Reads a number.</summary>
    /// <param name="isRate">Whether it is per time: <c>0.5/h</c>, <c>2/min</c>, <c>1/day</c>; alone, per hour.</param>
    public static bool TryNumber(string text, bool isWhole, bool isRate, out double number)
    {
        double perHour = 1;
        if (isRate && text.IndexOf('/', StringComparison.Ordinal) is >= 0 and int slash)
        {
            perHour = text[(slash + 1)..] switch
            {
                "s" => 3600,
                "min" => 60,
                "h" => 1,
                "day" => 1 / 24.0,
                _ => double.NaN,
            };
            text = text[..slash];
        }

        bool isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
        number *= perHour;
        return isNumber && !double.IsNaN(number) && (!isWhole || number == Math.Floor(number));
    }

    /// <summary>The plan, or everything that is wrong with it.</summary>
    public PlanRequest Finish()
    {
        Cluster = Cluster with { Silos = Silos ?? (int)Math.Max(1, Math.Ceiling((double)Job.Workers / Math.Max(1, Cluster.ThreadsPerSilo))) };
        if (GradientTarget is not null && LossTarget is not null)
        {
            Mistakes.Add("--gradient-target and --loss-target are both given; keep one.");
        }

        Job = Job with
        {
            Target = GradientTarget is { } gradient ? new CertificateTarget(gradient, LossFall, Smoothness)
                : LossTarget is { } loss ? new CurveTarget(loss, LossStart, LossFloor, CurveSamples, CurvePower)
                : null,
        };
        string[] mistakes = [.. Mistakes, .. Cluster.Mistakes().Concat(Job.Mistakes()).Select(AsOption)];
        return new PlanRequest(Cluster, Job, mistakes);
    }

    // A mistake begins with its key.
    private static string AsOption(string mistake)
    {
        int end = mistake.IndexOf(' ', StringComparison.Ordinal);
        return PlanSetting.OptionOf(mistake[..end]) + mistake[end..];
    }
}

/// <summary>A plan as asked for.</summary>
/// <param name="Mistakes">Why it cannot be forecast; empty when it can.</param>
internal sealed record PlanRequest(ClusterDescription Cluster, PlannedJob Job, IReadOnlyList<string> Mistakes);
