using System.Text.Json;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Grains.Checkpoints;

/// <summary>What a store keeps of a job that is over.</summary>
internal static class EndedJob
{
    /// <summary>Part with the last word on it: a <see cref="JobProgress"/>.</summary>
    public const string PartName = "end.json";

    /// <summary>Part with its figures over time: a list of <see cref="JobPoint"/>; absent where an older build wrote it.</summary>
    public const string CurveName = "curve.json";

    /// <summary>Part with the trained parameters, f32 little-endian; absent when there are none.</summary>
    public const string ModelName = "model";

    /// <summary>Part with what the model is evaluated with beside its parameters, f32 little-endian; absent when there is nothing.</summary>
    public const string StatisticsName = "statistics";

    /// <summary>The bytes of the part.</summary>
    public static byte[] ToBytes(JobProgress progress) => JsonSerializer.SerializeToUtf8Bytes(progress, CheckpointJson.Options);

    /// <summary>The bytes of the part <see cref="CurveName"/>.</summary>
    public static byte[] ToBytes(JobPoint[] curve) => JsonSerializer.SerializeToUtf8Bytes(curve, CheckpointJson.Options);

    /// <summary>Reads what <see cref="ToBytes(JobProgress)"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is something else.</exception>
    public static JobProgress Read(ReadOnlySpan<byte> bytes) => Read<JobProgress>(bytes, PartName);

    /// <summary>Reads what <see cref="ToBytes(JobPoint[])"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is something else.</exception>
    public static JobPoint[] ReadCurve(ReadOnlySpan<byte> bytes) => Read<JobPoint[]>(bytes, CurveName);

    private static T Read<T>(ReadOnlySpan<byte> bytes, string part)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(bytes, CheckpointJson.Options)
                ?? throw new InvalidDataException($"Part {part} is null; it was not written by a grid.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"Part {part} is not one this build understands: {error.Message}", error);
        }
    }
}
