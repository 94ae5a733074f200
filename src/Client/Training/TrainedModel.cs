using System.Globalization;
using System.Runtime.InteropServices;
using OrleansSgd.Client.Reports;
using OrleansSgd.Client.Safetensors;
using OrleansSgd.Core.Samples;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;

namespace OrleansSgd.Client.Training;

/// <summary>Brings the trained parameters from the grid and keeps them in a file.</summary>
internal static class TrainedModel
{
    /// <summary>Name of the file in a run's folder.</summary>
    public const string FileName = "model.safetensors";

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

    /// <summary>Writes the model into a run's folder, with what it takes to train it again.</summary>
    /// <param name="log">The run's events, which end here; null for none.</param>
    /// <returns>Path of the model under the folder's final name.</returns>
    public static string Save(RunFolder folder, IReadOnlyList<ParameterTensor> tensors, WatchOutcome.Ended ended, RunLog? log = null)
    {
        Dictionary<string, string> metadata = Origin(ended.Started!.Job, ended.Started.Plan, ended.Progress);
        SafetensorsWriter.Save(Path.Combine(folder.Staging, FileName), tensors, ended.Trained, metadata);
        log?.Close(new EndedFacts(ended.Started, ended.Progress, ended.Last, FileName));
        return Path.Combine(folder.Keep(), FileName);
    }

    /// <summary>What a model file says of where the model comes from: enough to train it again.</summary>
    public static Dictionary<string, string> Origin(string job, JobPlan plan, JobProgress progress) => new()
    {
        ["orleansSgd.job"] = job,
        ["orleansSgd.plan"] = plan.ToJson(),
        ["orleansSgd.phase"] = progress.Phase.ToString(),
        ["orleansSgd.samples"] = progress.Samples.ToString(CultureInfo.InvariantCulture),
    };
}
