namespace OrleansSgd.Client.Safetensors;

/// <summary>What a safetensors file holds.</summary>
/// <param name="Metadata">Free text by key; empty when the file has none.</param>
/// <param name="Tensors">Ascending by their place in the file.</param>
internal sealed record SafetensorsFile(
    IReadOnlyDictionary<string, string> Metadata, IReadOnlyList<SafetensorsEntry> Tensors);

/// <summary>One tensor.</summary>
/// <param name="Shape">Row-major extents; empty for a single number.</param>
/// <param name="Values">[product of the extents].</param>
internal sealed record SafetensorsEntry(string Name, IReadOnlyList<int> Shape, ReadOnlyMemory<float> Values);
