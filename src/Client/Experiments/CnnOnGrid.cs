using OrleansSgd.Data;
using OrleansSgd.Experiments.Cnn;
using OrleansSgd.Grains.Compute;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Models;
using OrleansSgd.Models.Torch;
using OrleansSgd.Silo;

namespace OrleansSgd.Client.Experiments;

/// <summary>Runs of the study of a deep network, each on a silo of its own in this process.</summary>
/// <param name="cache">Has the data open; the silos share it.</param>
internal sealed class CnnOnGrid(CnnOptions options, DataCache cache, string dataFolder)
{
    /// <summary>Why the network cannot be trained here; null when it can.</summary>
    public static string? Missing(CnnOptions options) => ModelCatalog.IsTorch(options.Model.Kind) ? TorchAvailability.Missing() : null;

    /// <summary>Makes one run.</summary>
    public async Task<CnnRun> RunAsync(CnnSetting setting, ulong seed, CancellationToken cancellation)
    {
        // Workers beyond the processors take turns.
        var share = ThreadShare.Of(Environment.ProcessorCount, silos: 1, Math.Min(setting.Workers, Environment.ProcessorCount));
        await using LocalGrid grid = await LocalGrid.StartAsync(
            1,
            silo =>
            {
                silo.DataFolder = dataFolder;
                (silo.ComputeThreads, silo.IntraOpThreads) = share;
            },
            data: cache,
            cancellation: cancellation);
        var plan = new JobPlan { Name = CnnStudy.Name, Data = options.Data, Model = options.Model, Run = options.Run(setting, seed) };
        SubmitAnswer answer = await grid.Grains.GetGrain<IGridGrain>(IGridGrain.Key).Submit(plan.ToJson());
        if (answer.Job is null)
        {
            return new CnnRun { Setting = setting, Seed = seed, Error = string.Join(' ', answer.Mistakes) };
        }

        IJobGrain job = grid.Grains.GetGrain<IJobGrain>(answer.Job);
        return ToRun(setting, seed, await job.WaitForEnd(cancellation));
    }

    private static CnnRun ToRun(CnnSetting setting, ulong seed, JobProgress progress) => new()
    {
        Setting = setting,
        Seed = seed,
        Error = progress.Phase == JobPhase.Completed ? null : progress.Error ?? $"The run was {progress.Phase}.",
        Curve = [.. progress.Events.Where(one => one.Kind == "evaluated").Select(one => new CnnPoint(one.Epoch, one.TestLoss, one.TestAccuracy))],
        Bound = progress.BoundMeasured,
        GapMax = progress.GapMax,
        DelayMean = progress.DelayMean,
        DelayMax = progress.DelayMax,
        BytesPushed = progress.BytesPushed,
        BytesPulled = progress.BytesPulled,
        Updates = progress.Updates,
        Seconds = progress.Seconds,
        CertificateStatus = progress.Certificate?.Status ?? "",
        Certificate = progress.Certificate is { IsVoid: false } certificate ? certificate.Value : double.NaN,
    };
}
