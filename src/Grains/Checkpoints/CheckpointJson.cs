using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansSgd.Grains.Checkpoints;

/// <summary>How the parts of a checkpoint that are no arrays of numbers are written.</summary>
internal static class CheckpointJson
{
    /// <summary>Numbers that are not finite are words; what a newer build added is an error, since to pass over it would lose it.</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        IgnoreReadOnlyProperties = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };
}
