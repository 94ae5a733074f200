using System.Buffers.Binary;
using System.Text.Json;

namespace OrleansSgd.Models.Safetensors;

/// <summary>Reads safetensors files and believes nothing in them.</summary>
/// <remarks>
/// Every length is checked against the bytes that are there before anything of that length is made, so a damaged header
/// cannot ask for memory. Whatever the bytes are, the answer is a file or an <see cref="InvalidDataException"/>.
/// </remarks>
public static class SafetensorsReader
{
    private const int RankMax = 16;

    private static readonly JsonDocumentOptions HeaderJson = new() { MaxDepth = 4, AllowDuplicateProperties = false };

    /// <summary>Reads a whole file.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or holds a type that is not known; says what and where.</exception>
    /// <exception cref="IOException">The file cannot be read, or is longer than 2 GiB.</exception>
    public static SafetensorsFile ReadFile(string path) => Read(File.ReadAllBytes(path), path);

    /// <summary>Reads bytes.</summary>
    /// <param name="source">The name in front of each error.</param>
    /// <exception cref="InvalidDataException">The bytes are damaged or hold a type that is not known.</exception>
    public static SafetensorsFile Read(ReadOnlyMemory<byte> bytes, string source)
    {
        try
        {
            return Read(bytes);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"{source}: {error.Message}", error);
        }
    }

    private static SafetensorsFile Read(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length < SafetensorsLayout.PrefixSize)
        {
            throw new InvalidDataException(
                $"the file has {bytes.Length} bytes, but the header length alone takes {SafetensorsLayout.PrefixSize}; it is cut short.");
        }

        ulong headerSize = BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span);
        if (headerSize > SafetensorsLayout.HeaderSizeMax)
        {
            throw new InvalidDataException(
                $"the header length at byte 0 is {headerSize}, above the limit {SafetensorsLayout.HeaderSizeMax}; "
                + "this is no safetensors file.");
        }

        int valuesAt = SafetensorsLayout.PrefixSize + (int)headerSize;
        if (bytes.Length < valuesAt)
        {
            throw new InvalidDataException(
                $"the header needs {headerSize} bytes from byte {SafetensorsLayout.PrefixSize}, "
                + $"but the file ends at byte {bytes.Length}; it is cut short.");
        }

        ReadOnlyMemory<byte> header = bytes[SafetensorsLayout.PrefixSize..valuesAt];
        if (header.IsEmpty || header.Span[0] != (byte)'{')
        {
            throw new InvalidDataException(
                $"the header does not begin with '{{' at byte {SafetensorsLayout.PrefixSize}; this is no safetensors file.");
        }

        try
        {
            using JsonDocument json = JsonDocument.Parse(header, HeaderJson);
            return Read(json.RootElement, bytes[valuesAt..]);
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"the header is not JSON: {error.Message}", error);
        }
        catch (InvalidOperationException error)
        {
            // JSON may carry text that is not Unicode (a lone surrogate, bad UTF-8); it shows when the text is asked for.
            throw new InvalidDataException($"the header has text that is not Unicode: {error.Message}", error);
        }
    }

    private static SafetensorsFile Read(JsonElement header, ReadOnlyMemory<byte> values)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        var entries = new List<(string Name, int[] Shape, string Type, long Begin, long End)>();
        foreach (JsonProperty property in header.EnumerateObject())
        {
            if (property.Name == SafetensorsLayout.MetadataKey)
            {
                ReadMetadata(property.Value, metadata);
            }
            else
            {
                entries.Add(ReadEntry(property.Name, property.Value));
            }
        }

        // Empty tensors share their begin with the one behind them, so the end decides.
        entries.Sort((a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
        var tensors = new List<SafetensorsEntry>(entries.Count);
        long next = 0;
        foreach ((string name, int[] shape, string type, long begin, long end) in entries)
        {
            if (begin != next)
            {
                throw new InvalidDataException(
                    $"tensor {name} begins at byte {begin} of the values, but the one before ends at {next}; "
                    + "tensors neither overlap nor leave gaps.");
            }

            if (end > values.Length)
            {
                throw new InvalidDataException(
                    $"tensor {name} ends at byte {end} of the values, but there are {values.Length}; the file is cut short.");
            }

            tensors.Add(new SafetensorsEntry(name, shape, type, values[(int)begin..(int)end]));
            next = end;
        }

        return next == values.Length
            ? new SafetensorsFile(metadata, tensors)
            : throw new InvalidDataException($"{values.Length - next} bytes behind the last tensor belong to none; the file is damaged.");
    }

    private static void ReadMetadata(JsonElement value, Dictionary<string, string> metadata)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidDataException($"{SafetensorsLayout.MetadataKey} is {value.ValueKind}; it maps text to text.");
        }

        foreach (JsonProperty property in value.EnumerateObject())
        {
            metadata[property.Name] = property.Value.ValueKind == JsonValueKind.String
                ? property.Value.GetString()!
                : throw new InvalidDataException(
                    $"{SafetensorsLayout.MetadataKey}.{property.Name} is {property.Value.ValueKind}; it must be text.");
        }
    }

    private static (string Name, int[] Shape, string Type, long Begin, long End) ReadEntry(string name, JsonElement entry)
    {
        if (entry.ValueKind != JsonValueKind.Object
            || !entry.TryGetProperty("dtype", out JsonElement type)
            || !entry.TryGetProperty("shape", out JsonElement shape)
            || !entry.TryGetProperty("data_offsets", out JsonElement offsets)
            || entry.GetPropertyCount() != 3)
        {
            throw new InvalidDataException($"tensor {name} must have dtype, shape and data_offsets, and nothing else.");
        }

        if (type.ValueKind != JsonValueKind.String || !SafetensorsLayout.ValueSizes.TryGetValue(type.GetString()!, out int valueSize))
        {
            throw new InvalidDataException(
                $"tensor {name} has dtype {type}; this reader knows {string.Join(", ", SafetensorsLayout.ValueSizes.Keys)}.");
        }

        if (offsets.ValueKind != JsonValueKind.Array || offsets.GetArrayLength() != 2
            || !TryWhole(offsets[0], long.MaxValue, out long begin) || !TryWhole(offsets[1], long.MaxValue, out long end)
            || begin > end)
        {
            throw new InvalidDataException($"tensor {name} has data_offsets {offsets}; use [begin, end] with 0 ≤ begin ≤ end.");
        }

        int[] extents = ReadShape(name, shape, valueSize, out decimal size);
        return size == end - begin
            ? (name, extents, type.GetString()!, begin, end)
            : throw new InvalidDataException($"tensor {name} has {end - begin} bytes, but its shape {shape} takes {size}.");
    }

    private static int[] ReadShape(string name, JsonElement shape, int valueSize, out decimal size)
    {
        if (shape.ValueKind != JsonValueKind.Array || shape.GetArrayLength() > RankMax)
        {
            throw new InvalidDataException($"tensor {name} has shape {shape}; use a list of at most {RankMax} extents.");
        }

        var extents = new int[shape.GetArrayLength()];
        size = valueSize;
        for (int i = 0; i < extents.Length; i++)
        {
            if (!TryWhole(shape[i], int.MaxValue, out long extent))
            {
                throw new InvalidDataException($"tensor {name} has extent {shape[i]}; use 0 to {int.MaxValue}.");
            }

            extents[i] = (int)extent;
            // Above every file there is, the exact size no longer matters; decimal would overflow at 2^96.
            size = size * extent > long.MaxValue ? long.MaxValue : size * extent;
        }

        return extents;
    }

    private static bool TryWhole(JsonElement value, long max, out long whole)
    {
        whole = 0;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out whole) && whole >= 0 && whole <= max;
    }
}
