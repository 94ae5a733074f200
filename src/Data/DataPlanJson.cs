using System.Text.Json.Serialization;

namespace OrleansSgd.Data;

/// <summary>The canonical text of a plan: camel case, declaration order, nothing for what is unset.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(DataPlan))]
internal sealed partial class DataPlanJson : JsonSerializerContext;
