using OrleansSgd.Core.Runs;
using OrleansSgd.Simulator.Planning;

namespace OrleansSgd.Simulation.Planning;

/// <summary>Goal: a description that makes no sense is refused with all its mistakes, and laws of the loss are what they say.</summary>
public sealed class PlanInputTests
{
    public static TheoryData<ClusterDescription, PlannedJob, string> Mistaken => new()
    {
        { new() { Silos = 0 }, new(), "silos is 0; use 1 to 10000." },
        { new() { GradientSeconds = 0 }, new(), "gradientSeconds is 0; use a finite number above 0." },
        { new() { GradientSpread = 2 }, new(), "gradientSpread is 2; use 0 to 1." },
        { new() { ChurnPerSiloHour = -1 }, new(), "churn is -1; use a finite number, 0 or more." },
        { new() { BandwidthBytesPerSecond = 0 }, new(), "bandwidth is 0 bytes per second; use a number above 0." },
        { new(), new() { Workers = 10_001 }, "workers is 10001; use 1 to 10000." },
        { new(), new() { Shards = 11, Parameters = 10 }, "shards is 11; use 1 to 10." },
        { new(), new() { Mode = RunPlan.NormBounded }, "mode norm-bounded is not planned; use async, bsp, ssp." },
        { new(), new() { Mode = "often" }, "mode is 'often'; use async, bsp, ssp." },
        { new(), new() { PushFraction = 0 }, "fraction is 0; use a number above 0, at most 1." },
        { new(), new() { GradientNorm = 1, Noise = 2 }, "noise is 2; use 0 up to gradientNorm, 1: E‖G‖² is σ² + ‖∇f‖²." },
        { new(), new() { GradientNorm = 1, Rate = 3, Target = new CertificateTarget(1, 1, 1) }, "rate × smoothness is 3; a certificate needs at most 1." },
        { new(), new() { Target = new CurveTarget(1, 2, 3, 1, 1) }, "lossFloor is 3; use a number below lossStart, 2." },
    };

    [Theory]
    [MemberData(nameof(Mistaken))]
    public void A_mistake_is_named_and_nothing_is_forecast(ClusterDescription cluster, PlannedJob job, string mistake)
    {
        Assert.Equal([mistake], cluster.Mistakes().Concat(job.Mistakes()));
        Assert.Contains(mistake, Assert.Throws<ArgumentException>(() => Planner.Forecast(cluster, job, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_certificate_is_solved_for_the_number_of_gradients()
    {
        PlannedJob job = new() { Rate = 0.1, Batch = 10, GradientNorm = 3, Noise = 2 };
        var target = new CertificateTarget(GradientSquared: 1, LossFall: 5, Smoothness: 2);

        double gradients = target.SamplesOf(job, bound: 1) / 10;

        // Put back into the certificate, they give the target.
        Assert.Equal(1, (2 * 5 / (gradients * 0.1)) + (4 * 0.01 * 1) + (2 * 0.1 * 4), 12);
        Assert.Equal(double.PositiveInfinity, target.SamplesOf(job, bound: 3));
    }

    [Fact]
    public void A_loss_curve_is_solved_for_the_number_of_samples()
    {
        var target = new CurveTarget(Loss: 0.5, Start: 2.5, Floor: 0.1, ScaleSamples: 1000, Power: 0.7);

        double samples = target.SamplesOf(new(), double.NaN);

        Assert.Equal(0.5, 0.1 + (2.4 / Math.Pow(1 + (samples / 1000), 0.7)), 12);
        Assert.Equal(double.PositiveInfinity, (target with { Loss = 0.1 }).SamplesOf(new(), double.NaN));
        Assert.Equal(0, (target with { Loss = 3 }).SamplesOf(new(), double.NaN));
    }

    [Fact]
    public void A_target_is_told_with_the_law_that_it_rests_on()
    {
        PlannedJob job = new() { Workers = 4, Shards = 2, Samples = 100_000, Target = new CurveTarget(0.5, 2.5, 0.1, 1000, 0.7) };

        PlanForecast forecast = Planner.Forecast(new(), job, 1);

        Assert.Equal("loss curve", forecast.TargetLaw);
        Assert.Equal(forecast.TargetSamples / forecast.SamplesPerSecond, forecast.TargetSeconds, 9);
        Assert.Null(Planner.Forecast(new(), job with { Target = null }, 1).TargetLaw);
    }
}
