using System.Text.Json;
using System.Text.Json.Serialization;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Samples;
using OrleansSgd.Data;
using OrleansSgd.Models;
using OrleansSgd.Models.Safetensors;

namespace OrleansSgd.Grains.Jobs;

/// <summary>One job: its data, its model, and how it is trained.</summary>
public sealed record JobPlan
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        IgnoreReadOnlyProperties = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>Names the job, its files and its id. Letters, digits, '-', '_' and '.'; at most 64.</summary>
    public string Name { get; init; } = "job";

    /// <summary>Where the samples come from.</summary>
    public DataPlan Data { get; init; } = new();

    /// <summary>What is trained.</summary>
    public ModelPlan Model { get; init; } = new();

    /// <summary>How it is trained.</summary>
    public RunPlan Run { get; init; } = new();

    /// <summary>The plan as it travels between client and grid.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is something else.</exception>
    public static JobPlan FromJson(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<JobPlan>(json, Json)
                ?? throw new InvalidDataException("The job plan is null; send a job as the client writes it.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException(
                $"The job plan is not one this grid understands: {error.Message} Use a client of the same version.", error);
        }
    }

    /// <summary>Everything wrong with the plan that can be seen without its data.</summary>
    public IEnumerable<string> Mistakes()
    {
        if (Name.Length is < 1 or > 64 || !Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
        {
            yield return $"name is '{Name}'; use 1 to 64 letters, digits, '-', '_' and '.'.";
        }

        foreach (string mistake in Data.Mistakes("data").Concat(Model.Mistakes("model")).Concat(Run.Mistakes()))
        {
            yield return mistake;
        }
    }

    /// <summary>Everything that does not fit the data, once it is open.</summary>
    /// <param name="data">What the samples were read into.</param>
    /// <param name="isBegun">True for a run that has parameters already: the file it started from is not looked at.</param>
    public IEnumerable<string> MistakesWith(DataSets data, bool isBegun = false)
    {
        ArgumentNullException.ThrowIfNull(data);
        string[] misfits =
        [
            .. Data.MistakesWith("data", data.Train.Shape), .. Model.MistakesWith("model", data.Train.Shape, data.Train.ClassCount),
        ];
        if (misfits.Length > 0)
        {
            return misfits;
        }

        IModel model = ModelCatalog.Create(Model, data.Train);
        IEnumerable<string> ofStart = Model.Start is { } start && !isBegun ? StartFile.Mistakes(model, start) : [];
        return [.. ofStart.Select(mistake => "model." + mistake), .. Run.Mistakes(model.ParameterCount)];
    }
}
