using OrleansSgd.Certifier;
using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Schedules;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Telemetry.Export;

namespace OrleansSgd.Cluster.Tests.Runs;

/// <summary>
/// Goal: what a run says of its consistency is what its trace shows, whatever the mode, and when silos die as well. Method: whole runs on a grid,
/// certified again from the trace file alone.
/// </summary>
public sealed class CertifiedRunTests
{
    // α·L is about 0.3 for this problem, so the certificate is a number.
    private static readonly JobPlan Plan = TestGrid.SmallPlan with
    {
        Run = TestGrid.SmallPlan.Run with
        {
            Epochs = 6,
            Rate = new SchedulePlan(Rate: 0.02),
            Consistency = new ConsistencyPlan { LossSamples = 500, CutSeconds = 0.2 },
        },
    };

    public static TheoryData<string, RunPlan> Runs => new()
    {
        { "async", Plan.Run },
        { "ssp", Plan.Run with { Mode = RunPlan.Ssp, StepsAheadMax = 1 } },
        { "norm-bounded", Plan.Run with { Mode = RunPlan.NormBounded } },
        { "variance-bounded", Plan.Run with { Mode = RunPlan.VarianceBounded } },
        { "adaptive", Plan.Run with { Mode = RunPlan.Adaptive } },
        { "bsp", Plan.Run with { Mode = RunPlan.Bsp } },
        { "shuffled", Plan.Run with { Assignment = RunPlan.Shuffled } },
        { "top-k", Plan.Run with { Codec = new CodecPlan(CodecPlan.TopK, Fraction: 0.05) } },
        { "top-k in rounds", Plan.Run with { Mode = RunPlan.Bsp, Codec = new CodecPlan(CodecPlan.TopK, Fraction: 0.05) } },
        { "top-k without feedback", Plan.Run with { Codec = new CodecPlan(CodecPlan.TopK, Fraction: 0.05, ErrorFeedback: false) } },
        { "bfloat16", Plan.Run with { Codec = new CodecPlan(Values: CodecPlan.Bfloat16) } },
        { "bfloat16 without feedback", Plan.Run with { Codec = new CodecPlan(Values: CodecPlan.Bfloat16, ErrorFeedback: false) } },
        { "top-k in bfloat16", Plan.Run with { Codec = new CodecPlan(CodecPlan.TopK, Fraction: 0.05, Values: CodecPlan.Bfloat16) } },
        { "qsgd", Plan.Run with { Codec = new CodecPlan(CodecPlan.Qsgd) } },
        { "one-bit", Plan.Run with { Codec = new CodecPlan(CodecPlan.OneBit) } },
        { "momentum", Plan.Run with { Rule = new RulePlan { Kind = RulePlan.Momentum, Decay = 0.5 } } },
        { "clipped", Plan.Run with { Rule = new RulePlan { ClipNorm = 0.5 } } },
        { "delay-adaptive", Plan.Run with { Rule = new RulePlan { DelayAdaptive = true } } },
        { "local steps", Plan.Run with { LocalSteps = 3 } },
        { "local steps in rounds", Plan.Run with { Mode = RunPlan.Bsp, LocalSteps = 3 } },
        { "compressed answers", Plan.Run with { AnswerFraction = 0.2 } },
        { "sketches", Plan.Run with { Consistency = Plan.Run.Consistency with { Sketch = 64 } } },
    };

    [Theory]
    [MemberData(nameof(Runs), DisableDiscoveryEnumeration = true)]
    public async Task Run_of_every_kind_is_certified_live_and_again_from_its_trace(string name, RunPlan run)
    {
        Assert.NotEmpty(name);
        (JobProgress progress, Certification certified) = await CertifyAsync(Plan with { Run = run }, killAt: null);

        Assert.Equal(JobPhase.Completed, progress.Phase);
        Assert.Empty(progress.Alarms);
        Assert.True(progress.Certificate?.Status == "STATISTICAL", $"{progress.Certificate?.Status}: {progress.Certificate?.Reason}");
        Assert.Equal("", certified.Damage);
        Assert.Empty(certified.Findings);
        Assert.Equal(CertifyVerdict.Holds, certified.Verdict);
        Assert.True(certified.StretchesConserved > 0);
        Assert.Equal(progress.Certificate!.Value, certified.Certificate!.Value, 9);
        Assert.Equal(progress.GapMean, certified.GapMean, Math.Max(1e-12, 1e-9 * progress.GapMean));
        Assert.Equal(progress.Tickets, certified.Tickets);
    }

    [Fact]
    public async Task Losses_are_told_in_their_order_while_evaluations_take_longer_than_they_do()
    {
        JobPlan plan = Plan with
        {
            Data = Plan.Data with { TestSampleCount = 100_000 },
            Run = Plan.Run with { Epochs = 30, Consistency = new ConsistencyPlan { LossSamples = 16, CutSeconds = 0.001 } },
        };

        (JobProgress progress, _) = await CertifyAsync(plan, killAt: null);

        Assert.Equal(JobPhase.Completed, progress.Phase);
        Assert.DoesNotContain(progress.Warnings, warning => warning.Contains("too late", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Loss_that_is_measured_before_the_smoothness_is_known_waits_for_it_when_workers_hold_something_back()
    {
        JobPlan plan = Plan with
        {
            Data = Plan.Data with { SampleCount = 10_000, FeatureCount = 300 }, // L takes longer than the first cuts
            Run = Plan.Run with
            {
                Epochs = 2,
                Rate = new SchedulePlan(Rate: 0.0005),
                Rule = new RulePlan { Kind = RulePlan.Momentum, Decay = 0.5 },
                Consistency = new ConsistencyPlan { LossSamples = 100, CutSeconds = 0.01 },
            },
        };

        (JobProgress progress, Certification certified) = await CertifyAsync(plan, killAt: null);

        Assert.True(progress.Certificate?.Status == "STATISTICAL", $"{progress.Certificate?.Status}: {progress.Certificate?.Reason}");
        Assert.Equal(progress.Certificate!.Value, certified.Certificate!.Value, 9);
    }

    [Fact]
    public async Task Rule_that_nothing_covers_is_void_live_and_in_its_trace()
    {
        JobPlan plan = Plan with { Run = Plan.Run with { Rule = new RulePlan { Kind = RulePlan.Adam } } };

        (JobProgress progress, Certification certified) = await CertifyAsync(plan, killAt: null);

        Assert.Equal("VOID", progress.Certificate?.Status);
        Assert.Equal(CertifyVerdict.Void, certified.Verdict);
        Assert.Empty(certified.Findings);
    }

    [Theory]
    [InlineData(RunPlan.Async, 300)]
    [InlineData(RunPlan.Async, 5_000)]
    [InlineData(RunPlan.Ssp, 1_000)]
    [InlineData(RunPlan.NormBounded, 1_000)]
    [InlineData(RunPlan.VarianceBounded, 1_000)]
    [InlineData(RunPlan.Adaptive, 1_000)]
    [InlineData(RunPlan.Bsp, 1_000)]
    public async Task Run_that_loses_a_silo_is_still_certified_with_the_loss_accounted_for(string mode, long killAt)
    {
        JobPlan plan = Plan with { Run = Plan.Run with { Mode = mode, Epochs = 200, LeaseBatches = 4 } };

        (JobProgress progress, Certification certified) = await CertifyAsync(plan, killAt);

        Assert.Equal(JobPhase.Completed, progress.Phase);
        Assert.Empty(progress.Alarms);
        Assert.Equal("", certified.Damage);
        Assert.Empty(certified.Findings);
        Assert.True(certified.ExactlyOnce);
        CertificateProgress live = Assert.IsType<CertificateProgress>(progress.Certificate);
        Assert.True(live.Status == "STATISTICAL", live.Reason);
        Assert.True(progress.UpdatesLost == 0 || live.Jump > 0);
        Assert.Equal(live.Value, certified.Certificate!.Value, 9);
    }

    private static async Task<(JobProgress, Certification)> CertifyAsync(JobPlan plan, long? killAt)
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("certified-").FullName, "trace.jsonl");
        try
        {
            JobProgress progress;
            await using (TestGrid grid = await TestGrid.StartAsync(killAt is null ? 2 : 3))
            {
                using TraceFile trace = grid.Trace(plan, path);
                IJobGrain job = await grid.SubmitAsync(plan);
                if (killAt is { } ticket)
                {
                    await TestGrid.TicketsOf(job, ticket);
                    await grid.Cluster.KillSiloAsync(await grid.SiloWithoutAsync(job));
                }

                progress = await TestGrid.EndOf(job);
                await grid.DisposeAsync(); // shards write the end of their logs
            }

            return (progress, TraceCertifier.Certify(new CertifyRequest([path])));
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }
}
