using System.Globalization;
using System.Runtime.InteropServices;
using OrleansSgd.Client.Reports;
using OrleansSgd.Client.Safetensors;
using OrleansSgd.Core.Samples;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Models;
using OrleansSgd.Models.Torch;

namespace OrleansSgd.Client.Training;

/// <summary>Brings the trained parameters from the grid and keeps them in a file.</summary>
internal static class TrainedModel
{
    /// <summary>Name of the file in a run's folder.</summary>
    public const string FileName = "model.safetensors";

    /// <summary>Name of the TorchScript module beside it, where that is what was trained.</summary>
    public const string ScriptName = "model.pt";

    // 4 MB a call: far below what a call may carry, large enough that calls do not count.
    private const int PieceLength = 1_000_000;

    /// <summary>Fetches the parameters piece by piece.</summary>
    /// <returns>[d], or empty when the grid has none.</returns>
    public static async Task<float[]> FetchAsync(IJobGrain job, int dimension)
    {
        var parameters = new float[dimension];
        for (int start = 0; start < dimension; start += PieceLength)
        {
            int length = Math.Min(PieceLength, dimension - start);
            ModelPiece piece = await job.Model(start, length);
            if (piece.Values.Length != length * sizeof(float))
            {
                return piece.Values.IsEmpty && start == 0
                    ? []
                    : throw new InvalidDataException(
                        $"The grid sent {piece.Values.Length} bytes of the model from coordinate {start}, expected {length * sizeof(float)}.");
            }

            MemoryMarshal.Cast<byte, float>(piece.Values.Span).CopyTo(parameters.AsSpan(start));
        }

        return parameters;
    }

    /// <summary>Fetches what the model is evaluated with beside its parameters.</summary>
    /// <returns>As <see cref="IModel.Buffers"/> lays it out, or empty when there is nothing.</returns>
    public static async Task<float[]> FetchStatisticsAsync(IJobGrain job) =>
        MemoryMarshal.Cast<byte, float>((await job.Statistics()).Values.Span).ToArray();

    /// <summary>Writes the model into a run's folder, with what it takes to train it again.</summary>
    /// <param name="log">The run's events, which end here; null for none.</param>
    /// <returns>Path of the model under the folder's final name.</returns>
    /// <exception cref="ModelException">The values are in their file, but a TorchScript module of them could not be made.</exception>
    public static string Save(RunFolder folder, IModel model, WatchOutcome.Ended ended, RunLog? log = null)
    {
        Dictionary<string, string> metadata = Origin(ended.Started!.Job, ended.Started.Plan, ended.Progress);
        SafetensorsWriter.Save(Path.Combine(folder.Staging, FileName), Parts(model, ended.Trained, ended.Statistics), metadata);
        log?.Close(new EndedFacts(ended.Started, ended.Progress, ended.Last, FileName));
        string kept = folder.Keep();
        ModelPlan plan = ended.Started.Plan.Model;
        if (plan.Kind == ModelCatalog.TorchScript)
        {
            TorchScriptFile.Save(plan, model, ended.Trained, ended.Statistics, Path.Combine(kept, ScriptName));
        }

        return Path.Combine(kept, FileName);
    }

    /// <summary>What a model file holds: the parameters and, where there are any, the statistics.</summary>
    public static IReadOnlyList<SafetensorsPart> Parts(IModel model, float[] trained, float[] statistics) => statistics.Length == 0
        ? [new(model.Tensors, trained)]
        : [new(model.Tensors, trained), new(model.Buffers, statistics)];

    /// <summary>What a model file says of where the model comes from: enough to train it again.</summary>
    public static Dictionary<string, string> Origin(string job, JobPlan plan, JobProgress progress) => new()
    {
        ["orleansSgd.job"] = job,
        ["orleansSgd.plan"] = plan.ToJson(),
        ["orleansSgd.phase"] = progress.Phase.ToString(),
        ["orleansSgd.samples"] = progress.Samples.ToString(CultureInfo.InvariantCulture),
    };
}
