using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Schedules;
using OrleansSgd.Data;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;

namespace OrleansSgd.Cluster.Tests.Runs;

/// <summary>Goal: a job goes from plan to trained model over grains on several silos. Method: whole runs on a small problem.</summary>
public sealed class TrainingTests
{
    private static readonly CodecPlan TopK = new(CodecPlan.TopK, Fraction: 0.1);

    [Theory]
    [InlineData(RunPlan.Async, CodecPlan.Dense)]
    [InlineData(RunPlan.Async, CodecPlan.TopK)]
    [InlineData(RunPlan.Bsp, CodecPlan.Dense)]
    [InlineData(RunPlan.Bsp, CodecPlan.TopK)]
    public async Task Every_sample_is_used_once_and_the_model_learns(string mode, string codec)
    {
        await using TestGrid grid = await TestGrid.StartAsync(3);
        JobPlan plan = TestGrid.SmallPlan with
        {
            Run = TestGrid.SmallPlan.Run with { Mode = mode, Codec = codec == CodecPlan.TopK ? TopK : new() },
        };

        (JobProgress progress, _) = await grid.RunAsync(plan);

        Assert.Null(progress.Error);
        Assert.Equal(JobPhase.Completed, progress.Phase);
        Assert.Equal(4 * 2000, progress.Samples);
        int flushes = codec == CodecPlan.Dense ? 0 : 4; // each worker sends what its codec held back
        Assert.Equal((4 * 2000 / 16) + flushes, progress.Updates);
        Assert.Equal(progress.Updates, progress.Tickets);
        Assert.Equal(0, progress.UpdatesLost + progress.UpdatesPartial + progress.SamplesRepeated);
        Assert.Equal(4, progress.Events[^1].Epoch);
        Assert.Equal(progress.Events[^1].Seconds, progress.Seconds); // what is measured of the model afterwards is no part of the training
        Assert.True(progress.Events[^1].TestAccuracy > 0.9, $"accuracy {progress.Events[^1].TestAccuracy}");
    }

    [Theory]
    [InlineData(CodecPlan.Dense)]
    [InlineData(CodecPlan.TopK)]
    public async Task Bsp_gives_equal_bits_twice_and_with_one_two_and_four_shards(string codec)
    {
        await using TestGrid grid = await TestGrid.StartAsync(3);
        var models = new List<byte[]>();
        foreach (int shards in (int[])[4, 4, 2, 1])
        {
            (JobProgress progress, byte[] model) = await grid.RunAsync(TestGrid.SmallPlan with
            {
                Run = TestGrid.SmallPlan.Run with
                {
                    Mode = RunPlan.Bsp,
                    Shards = shards,
                    Codec = codec == CodecPlan.TopK ? TopK : new(),
                },
            });
            Assert.Equal(JobPhase.Completed, progress.Phase);
            models.Add(model);
        }

        Assert.NotEmpty(models[0]);
        Assert.All(models, model => Assert.Equal(models[0], model));
    }

    [Fact]
    public async Task Another_seed_gives_another_model()
    {
        await using TestGrid grid = await TestGrid.StartAsync(1);
        JobPlan plan = TestGrid.SmallPlan with { Run = TestGrid.SmallPlan.Run with { Mode = RunPlan.Bsp, Epochs = 1 } };

        (_, byte[] first) = await grid.RunAsync(plan);
        (_, byte[] second) = await grid.RunAsync(plan with { Run = plan.Run with { Seed = 12 } });

        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task Diverging_run_fails_with_one_sentence_and_a_remedy()
    {
        await using TestGrid grid = await TestGrid.StartAsync(2);
        JobPlan plan = TestGrid.SmallPlan with
        {
            Model = TestGrid.SmallPlan.Model with { Kind = "mlp", Hidden = [16] },
            Run = TestGrid.SmallPlan.Run with { Rate = new SchedulePlan(Rate: 1e30) },
        };

        (JobProgress progress, byte[] model) = await grid.RunAsync(plan);

        Assert.Equal(JobPhase.Failed, progress.Phase);
        Assert.Contains("diverged", progress.Error, StringComparison.Ordinal);
        Assert.Contains("rate.rate", progress.Hint, StringComparison.Ordinal);
        Assert.Empty(model);
    }

    [Fact]
    public async Task Missing_data_fails_the_job_and_not_the_grid()
    {
        await using TestGrid grid = await TestGrid.StartAsync(1);
        JobPlan plan = TestGrid.SmallPlan with { Data = new DataPlan { Kind = "libsvm", Path = "no-such-file.svm" } };

        (JobProgress failed, _) = await grid.RunAsync(plan);
        (JobProgress completed, _) = await grid.RunAsync(TestGrid.SmallPlan);

        Assert.Equal(JobPhase.Failed, failed.Phase);
        Assert.Contains("no-such-file.svm", failed.Error, StringComparison.Ordinal);
        Assert.Equal(JobPhase.Completed, completed.Phase);
    }

    [Fact]
    public async Task Plan_that_does_not_fit_its_data_fails_with_every_reason()
    {
        await using TestGrid grid = await TestGrid.StartAsync(1);
        JobPlan plan = TestGrid.SmallPlan with { Run = TestGrid.SmallPlan.Run with { Shards = 5000 } };

        (JobProgress progress, _) = await grid.RunAsync(plan);

        Assert.Equal(JobPhase.Failed, progress.Phase);
        Assert.Contains("shards is 5000, but the model has 210 parameters", progress.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_with_mistakes_is_refused_with_all_of_them()
    {
        await using TestGrid grid = await TestGrid.StartAsync(1);
        JobPlan plan = TestGrid.SmallPlan with
        {
            Name = "no spaces please",
            Run = TestGrid.SmallPlan.Run with { Batch = 0, Mode = "sometimes" },
        };

        SubmitAnswer answer = await grid.Cluster.Client.GetGrain<IGridGrain>(IGridGrain.Key).Submit(plan.ToJson());

        Assert.Null(answer.Job);
        Assert.Equal(3, answer.Mistakes.Length);
    }

    [Fact]
    public async Task Cancelled_job_keeps_the_model_trained_so_far()
    {
        await using TestGrid grid = await TestGrid.StartAsync(2);
        IJobGrain job = await grid.SubmitAsync(TestGrid.SmallPlan with
        {
            Run = TestGrid.SmallPlan.Run with { Epochs = 1_000_000 },
        });
        await TestGrid.TicketsOf(job, 100);

        await job.Cancel();
        JobProgress progress = await TestGrid.EndOf(job);

        Assert.Equal(JobPhase.Cancelled, progress.Phase);
        Assert.Equal(210 * sizeof(float), (await job.Model(0, 1000)).Values.Length);
    }
}
