using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using OrleansSgd.Core.Samples;
using OrleansSgd.Models.Safetensors;

namespace OrleansSgd.Client.Safetensors;

/// <summary>Writes a model's tensors in the public safetensors format.</summary>
/// <remarks>
/// The same tensors, values and metadata give the same bytes. Counts (<see cref="CountName"/>) go as i64 and stand first, where they
/// are aligned whatever the length of the others; everything else goes as f32, in the order given.
/// </remarks>
internal static class SafetensorsWriter
{
    /// <summary>Last part of the name of a count, as PyTorch's batch normalisation calls it.</summary>
    public const string CountName = "num_batches_tracked";

    // Values go out in pieces of this many coordinates when their bytes must be turned round.
    private const int PieceLength = 1 << 16;

    /// <summary>Writes a file that is either whole under its name or not there.</summary>
    /// <param name="path">Must not exist.</param>
    /// <param name="parts">Each a flat vector and the tensors it is made of.</param>
    /// <exception cref="IOException">The file exists already, or cannot be written.</exception>
    public static void Save(string path, IReadOnlyList<SafetensorsPart> parts, IReadOnlyDictionary<string, string> metadata)
    {
        string staged = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var file = new FileStream(staged, FileMode.CreateNew, FileAccess.Write))
            {
                Write(file, parts, metadata);
                file.Flush(flushToDisk: true);
            }

            File.Move(staged, path, overwrite: false);
        }
        catch
        {
            File.Delete(staged);
            throw;
        }
    }

    /// <summary>Writes the tensors.</summary>
    /// <param name="parts">As in <see cref="Save"/>.</param>
    /// <param name="metadata">Written in ordinal order of the keys.</param>
    /// <exception cref="ArgumentException">The tensors are not those of a vector: a bug in the caller.</exception>
    public static void Write(Stream output, IReadOnlyList<SafetensorsPart> parts, IReadOnlyDictionary<string, string> metadata)
    {
        foreach (SafetensorsPart part in parts)
        {
            part.ThrowIfTorn();
        }

        (ParameterTensor Tensor, ReadOnlyMemory<float> Values)[] tensors =
        [
            .. parts.SelectMany(part => part.Tensors.Select(tensor => (tensor, part.Values.Slice(tensor.Offset, tensor.Length))))
                .OrderBy(entry => IsCount(entry.tensor) ? 0 : 1),
        ];
        ReadOnlySpan<byte> header = Header(tensors.Select(entry => entry.Tensor), metadata);
        int padding = (SafetensorsLayout.Alignment - (header.Length % SafetensorsLayout.Alignment)) % SafetensorsLayout.Alignment;
        Span<byte> prefix = stackalloc byte[SafetensorsLayout.PrefixSize];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)(header.Length + padding));
        output.Write(prefix);
        output.Write(header);
        output.Write("        "u8[..padding]);
        foreach ((ParameterTensor tensor, ReadOnlyMemory<float> values) in tensors)
        {
            if (IsCount(tensor))
            {
                WriteCounts(output, values.Span);
            }
            else
            {
                WriteValues(output, values.Span);
            }
        }
    }

    private static bool IsCount(ParameterTensor tensor) => tensor.Name.Split('.')[^1] == CountName;

    private static ReadOnlySpan<byte> Header(IEnumerable<ParameterTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        if (metadata.Count > 0)
        {
            json.WriteStartObject(SafetensorsLayout.MetadataKey);
            foreach ((string key, string text) in metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            {
                json.WriteString(key, text);
            }

            json.WriteEndObject();
        }

        long at = 0;
        foreach (ParameterTensor tensor in tensors)
        {
            string type = IsCount(tensor) ? SafetensorsLayout.I64 : SafetensorsLayout.F32;
            long end = at + ((long)tensor.Length * SafetensorsLayout.ValueSizes[type]);
            WriteEntry(json, tensor, type, at, end);
            at = end;
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan;
    }

    private static void WriteEntry(Utf8JsonWriter json, ParameterTensor tensor, string type, long begin, long end)
    {
        json.WriteStartObject(tensor.Name);
        json.WriteString("dtype", type);
        json.WriteStartArray("shape");
        foreach (int extent in tensor.Shape)
        {
            json.WriteNumberValue(extent);
        }

        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(begin);
        json.WriteNumberValue(end);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteCounts(Stream output, ReadOnlySpan<float> counts)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        foreach (float count in counts)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes, (long)count);
            output.Write(bytes);
        }
    }

    private static void WriteValues(Stream output, ReadOnlySpan<float> values)
    {
        int[] turned = BitConverter.IsLittleEndian ? [] : new int[PieceLength];
        while (!values.IsEmpty)
        {
            ReadOnlySpan<float> piece = values[..Math.Min(PieceLength, values.Length)];
            if (BitConverter.IsLittleEndian)
            {
                output.Write(MemoryMarshal.AsBytes(piece));
            }
            else
            {
                BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<float, int>(piece), turned);
                output.Write(MemoryMarshal.AsBytes(turned.AsSpan(0, piece.Length)));
            }

            values = values[piece.Length..];
        }
    }
}

/// <summary>A flat vector and the tensors it is made of.</summary>
/// <param name="Tensors">Ascending by offset, without holes, together as long as the vector.</param>
/// <param name="Values">The vector.</param>
internal sealed record SafetensorsPart(IReadOnlyList<ParameterTensor> Tensors, ReadOnlyMemory<float> Values)
{
    /// <exception cref="ArgumentException">The tensors do not make up the vector.</exception>
    public void ThrowIfTorn()
    {
        int next = 0;
        foreach (ParameterTensor tensor in Tensors)
        {
            if (tensor.Offset != next)
            {
                throw new ArgumentException($"Tensor {tensor.Name} begins at {tensor.Offset}, but the one before ends at {next}.");
            }

            next += tensor.Length;
        }

        if (next != Values.Length)
        {
            throw new ArgumentException($"The tensors have {next} coordinates, but the vector has {Values.Length}.");
        }
    }
}
