using System.Runtime.InteropServices;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Samples;
using OrleansSgd.Core.Schedules;
using OrleansSgd.Data;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Models;
using OrleansSgd.Silo;

namespace OrleansSgd.Benchmarks.Training;

/// <summary>The jobs that are measured, by the name the peers give their models, and one run of such a job.</summary>
internal static class BenchmarkJob
{
    /// <summary>The one that is slow.</summary>
    public const string ResNet20 = "resnet20";

    private const int EpochsMax = 20;

    // Statistics for an evaluation settle well before this many samples.
    private const int StatisticsBatches = 16;

    /// <summary>The models there are.</summary>
    public static IReadOnlyList<string> Models { get; } = [ModelCatalog.Softmax, ModelCatalog.Mlp, ModelCatalog.LeNet5, ResNet20];

    /// <summary>A job of plain asynchronous SGD.</summary>
    /// <param name="limit">Training samples to use; null for all.</param>
    /// <remarks>
    /// The test is made after the run, as with the peers, so the run's own is cut to one sample. Losses between the ends of epochs are off.
    /// </remarks>
    public static JobPlan Of(string model, int workers, int shards, int epochs, int? limit = null) => new()
    {
        Name = model,
        Data = new DataPlan { Kind = model == ResNet20 ? DataKinds.Cifar10 : DataKinds.Mnist, Limit = limit, TestLimit = 1 },
        Model = model switch
        {
            ModelCatalog.Mlp => new ModelPlan { Kind = ModelCatalog.Mlp, Hidden = [256] },
            ResNet20 => new ModelPlan { Kind = ModelCatalog.ResNet, Depth = 20 },
            _ => new ModelPlan { Kind = model },
        },
        Run = new RunPlan
        {
            Workers = workers,
            Shards = shards,
            Batch = model == ResNet20 ? 128 : 64,
            Epochs = epochs,
            Rate = new SchedulePlan(Rate: 0.1),

            // The peers measure no objective, and 2048 samples are a part of a short run that is seen.
            Consistency = new ConsistencyPlan { CutSeconds = 0, LossSamples = 128 },
        },
    };

    /// <summary>Runs the job to its end.</summary>
    /// <exception cref="InvalidOperationException">It is refused, or it fails.</exception>
    public static async Task<(IJobGrain Job, JobProgress Progress)> RunAsync(LocalGrid grid, JobPlan plan)
    {
        SubmitAnswer answer = await grid.Grains.GetGrain<IGridGrain>(IGridGrain.Key).Submit(plan.ToJson());
        IJobGrain job = grid.Grains.GetGrain<IJobGrain>(answer.Job
            ?? throw new InvalidOperationException(string.Join(' ', answer.Mistakes)));
        JobProgress progress = await job.WaitForEnd();
        return progress.Error is null ? (job, progress) : throw new InvalidOperationException(progress.Error);
    }

    /// <summary>Share of the whole test set that the trained model has right.</summary>
    public static async Task<double> AccuracyAsync(IJobGrain job, JobPlan plan, string dataFolder)
    {
        DataSets sets = DataCatalog.Open(plan.Data with { TestLimit = null }, dataFolder);
        IModel model = ModelCatalog.Create(plan.Model, sets.Train);
        ModelPiece piece = await job.Model(0, model.ParameterCount);
        float[] parameters = MemoryMarshal.Cast<byte, float>(piece.Values.Span).ToArray();
        using IGradientSession session = model.CreateSession(plan.Run.Batch);
        var batch = new SampleBatch();
        if (session is IStatisticsSession statistics)
        {
            foreach (int[] rows in Enumerable.Range(0, sets.Train.Count).Chunk(plan.Run.Batch).Take(StatisticsBatches))
            {
                sets.Train.Read(rows, batch);
                statistics.AccumulateStatistics(parameters, batch);
            }
        }

        ISampleSource test = sets.Test!;
        long correct = 0;
        foreach (int[] rows in Enumerable.Range(0, test.Count).Chunk(plan.Run.Batch))
        {
            test.Read(rows, batch);
            correct += session.Evaluate(parameters, batch).Correct;
        }

        return (double)correct / test.Count;
    }

    /// <summary>Runs of 1, 2, 3, … epochs, each from the start, until one ends at a loss that is low enough: so no loss is computed on the clock.</summary>
    /// <param name="rows">What the mean loss is over.</param>
    /// <returns>The last of them, its epochs and its loss.</returns>
    /// <exception cref="InvalidOperationException">None of 20 gets there.</exception>
    public static async Task<(JobProgress Progress, int Epochs, double Loss)> ReachAsync(LocalGrid grid, JobPlan plan, ISampleSource rows, double lossMax)
    {
        double loss = double.NaN;
        for (int epochs = 1; epochs <= EpochsMax; epochs++)
        {
            GC.Collect(); // what came before, reading the rows above all, is not this run's to clear away
            (IJobGrain job, JobProgress progress) = await RunAsync(grid, plan with { Run = plan.Run with { Epochs = epochs } });
            loss = await LossAsync(job, plan, rows);
            if (loss <= lossMax)
            {
                return (progress, epochs, loss);
            }
        }

        throw new InvalidOperationException($"The loss is {loss} after {EpochsMax} epochs; {lossMax} was to be reached.");
    }

    /// <summary>Mean loss of the trained model over all rows.</summary>
    private static async Task<double> LossAsync(IJobGrain job, JobPlan plan, ISampleSource rows)
    {
        IModel model = ModelCatalog.Create(plan.Model, rows);
        ModelPiece piece = await job.Model(0, model.ParameterCount);
        float[] parameters = MemoryMarshal.Cast<byte, float>(piece.Values.Span).ToArray();
        const int Size = 1000;
        using IGradientSession session = model.CreateSession(Size);
        var batch = new SampleBatch();
        double sum = 0;
        foreach (int[] some in Enumerable.Range(0, rows.Count).Chunk(Size))
        {
            rows.Read(some, batch);
            sum += session.Evaluate(parameters, batch).LossSum;
        }

        return sum / rows.Count;
    }
}
