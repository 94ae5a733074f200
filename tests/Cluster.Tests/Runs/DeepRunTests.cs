using System.Runtime.InteropServices;
using Orleans.TestingHost;
using OrleansSgd.Certifier;
using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Samples;
using OrleansSgd.Core.Schedules;
using OrleansSgd.Data;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Models;
using OrleansSgd.Telemetry.Export;
using OrleansSgd.Testing;

namespace OrleansSgd.Cluster.Tests.Runs;

/// <summary>
/// Goal: deep networks, libtorch's among them, are trained, certified and recovered like every other model, and what goes wrong inside one job stays there.
/// Method: whole runs of LeNet-5 on real digits, and of a small residual network.
/// </summary>
public sealed class DeepRunTests
{
    private static readonly JobPlan LeNet = new()
    {
        Name = "lenet",
        Data = new DataPlan { Kind = "mnist", Normalise = true, Limit = 3000, TestLimit = 1000 },
        Model = new ModelPlan { Kind = ModelCatalog.LeNet5 },
        Run = new RunPlan
        {
            Workers = 2,
            Shards = 3,
            Batch = 32,
            Epochs = 4,
            Seed = 5,
            LeaseBatches = 4,
            Rate = new SchedulePlan(Rate: 0.05),
            Consistency = new ConsistencyPlan { LossSamples = 512 },
        },
    };

    // Six layers deep on images of 28 × 28: small, and normalised by batches.
    private static readonly JobPlan Residual = LeNet with
    {
        Name = "resnet",
        Data = LeNet.Data with { Limit = 300, TestLimit = 100 },
        Model = new ModelPlan { Kind = ModelCatalog.ResNet, Depth = 8 },
        Run = LeNet.Run with { Batch = 20, Epochs = 1, Mode = RunPlan.Bsp, Consistency = new ConsistencyPlan { LossSamples = 40, CutSeconds = 0 } },
    };

    [Fact]
    public async Task Two_workers_learn_real_digits_although_a_silo_dies_and_the_run_is_certified_again_from_its_trace()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("deep-").FullName, "trace.jsonl");
        JobProgress progress;
        await using (TestGrid grid = await TestGrid.StartAsync(3))
        {
            using TraceFile trace = grid.Trace(LeNet, path);
            IJobGrain job = await grid.SubmitAsync(LeNet);
            await TestGrid.TicketsOf(job, 100);
            InProcessSiloHandle victim = await grid.SiloWithoutAsync(job);
            await grid.Cluster.KillSiloAsync(victim);
            progress = await TestGrid.EndOf(job);
            await grid.DisposeAsync(); // shards write the end of their logs
        }

        Certification certified = TraceCertifier.Certify(new CertifyRequest([path]));
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);

        Assert.Null(progress.Error);
        Assert.Equal(JobPhase.Completed, progress.Phase);
        Assert.Equal((4 * 3000, 0), (progress.Samples, progress.UpdatesLost));
        Assert.Single(progress.Events, e => e.Kind == "left");
        Assert.Empty(progress.Alarms);
        Assert.True(progress.Events[^1].TestAccuracy > 0.88, $"accuracy {progress.Events[^1].TestAccuracy}");
        Assert.Equal("", certified.Damage);
        Assert.Empty(certified.Findings);
        Assert.True(certified.ExactlyOnce);
    }

    [Fact]
    public async Task The_same_seed_in_rounds_gives_the_same_bits_twice_statistics_included()
    {
        (byte[] Model, byte[] Statistics)[] runs = [await TrainAsync(Residual, silos: 1), await TrainAsync(Residual, silos: 2)];

        Assert.NotEmpty(runs[0].Model);
        Assert.Equal(runs[0].Model, runs[1].Model);
        Assert.Equal(runs[0].Statistics, runs[1].Statistics);
    }

    [Fact]
    public async Task Statistics_that_are_exported_are_those_that_the_accuracy_was_measured_with()
    {
        await using TestGrid grid = await TestGrid.StartAsync(1);
        IJobGrain job = await grid.SubmitAsync(Residual);
        JobProgress progress = await TestGrid.EndOf(job);
        Assert.Null(progress.Error);
        float[] parameters = MemoryMarshal.Cast<byte, float>((await job.Model(0, 4_000_000)).Values.Span).ToArray();
        float[] statistics = MemoryMarshal.Cast<byte, float>((await job.Statistics()).Values.Span).ToArray();
        DataSets sets = new DataCache().Open(Residual.Data, RepositoryRoot.PathOf("data"));
        IModel model = ModelCatalog.Create(Residual.Model, sets.Train);
        Assert.Equal(model.Buffers.Sum(buffer => buffer.Length), statistics.Length);

        using var session = (IStatisticsSession)model.CreateSession(100);
        session.LoadStatistics(statistics);
        var batch = new SampleBatch();
        sets.Test!.Read([.. Enumerable.Range(0, 100)], batch);
        BatchLoss loss = session.Evaluate(parameters, batch);

        Assert.Equal(progress.Events[^1].TestAccuracy, loss.Correct / 100.0, 12);
        Assert.Equal(progress.Events[^1].TestLoss, loss.LossSum / 100, 1e-5 * loss.LossSum);
        session.ResetStatistics();
        Assert.NotEqual(loss.LossSum, session.Evaluate(parameters, batch).LossSum); // they matter
    }

    [Fact]
    public async Task A_job_that_diverges_ends_with_a_sentence_and_the_other_one_of_the_grid_goes_on()
    {
        await using TestGrid grid = await TestGrid.StartAsync(2);
        IJobGrain sound = await grid.SubmitAsync(LeNet with { Run = LeNet.Run with { Epochs = 1 } });
        IJobGrain broken = await grid.SubmitAsync(LeNet with { Name = "broken", Run = LeNet.Run with { Rate = new SchedulePlan(Rate: 1e30) } });

        JobProgress failed = await TestGrid.EndOf(broken);
        JobProgress done = await TestGrid.EndOf(sound);

        Assert.Equal(JobPhase.Failed, failed.Phase);
        Assert.StartsWith("The run diverged: worker ", failed.Error, StringComparison.Ordinal);
        Assert.Equal((JobPhase.Completed, null), (done.Phase, done.Error));
    }

    [Fact]
    public async Task An_error_of_libtorch_inside_a_worker_ends_its_job_with_a_sentence_and_no_other()
    {
        using var folder = new ScriptFolder();
        string path = folder.Write(
            "net.pt",
            """
            import sys, torch

            class Net(torch.nn.Module):
                def __init__(self):
                    super().__init__()
                    self.fc = torch.nn.Linear(784, 10)

                def forward(self, images):
                    if images.shape[0] == 32:
                        raise RuntimeError("not thirty-two at a time")
                    return self.fc(images.flatten(1))

            torch.jit.script(Net()).save(sys.argv[1])
            """);
        await using TestGrid grid = await TestGrid.StartAsync(2);
        IJobGrain sound = await grid.SubmitAsync(LeNet with { Run = LeNet.Run with { Epochs = 1 } });
        IJobGrain broken = await grid.SubmitAsync(LeNet with
        {
            Name = "broken",
            Model = new ModelPlan { Kind = ModelCatalog.TorchScript, Path = path },
        });

        JobProgress failed = await TestGrid.EndOf(broken);
        JobProgress done = await TestGrid.EndOf(sound);

        Assert.Equal(JobPhase.Failed, failed.Phase);
        Assert.Contains("not thirty-two at a time", failed.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", failed.Error!, StringComparison.Ordinal);
        Assert.NotNull(failed.Hint);
        Assert.Equal((JobPhase.Completed, null), (done.Phase, done.Error));
    }

    [Fact]
    public async Task A_network_in_bfloat16_learns_with_half_the_bytes()
    {
        JobPlan rounded = LeNet with { Run = LeNet.Run with { Codec = new CodecPlan(Values: CodecPlan.Bfloat16) } };
        (JobProgress whole, JobProgress half) = (await EndAsync(LeNet), await EndAsync(rounded));

        Assert.Equal((JobPhase.Completed, JobPhase.Completed), (whole.Phase, half.Phase));
        Assert.Empty(half.Alarms);
        Assert.InRange(half.BytesPushed / (double)whole.BytesPushed, 0.5, 0.53); // headers, and what is flushed at the end
        Assert.True(half.Events[^1].TestAccuracy > 0.88, $"accuracy {half.Events[^1].TestAccuracy}");
    }

    private static async Task<JobProgress> EndAsync(JobPlan plan)
    {
        await using TestGrid grid = await TestGrid.StartAsync(2);
        return (await grid.RunAsync(plan)).Progress;
    }

    private static async Task<(byte[] Model, byte[] Statistics)> TrainAsync(JobPlan plan, int silos)
    {
        await using TestGrid grid = await TestGrid.StartAsync(silos);
        IJobGrain job = await grid.SubmitAsync(plan);
        JobProgress progress = await TestGrid.EndOf(job);
        Assert.Null(progress.Error);
        return ((await job.Model(0, 4_000_000)).Values.ToArray(), (await job.Statistics()).Values.ToArray());
    }
}
