using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using OrleansSgd.Core.Samples;

namespace OrleansSgd.Client.Safetensors;

/// <summary>Writes a model's tensors in the public safetensors format.</summary>
/// <remarks>The same tensors, values and metadata give the same bytes.</remarks>
internal static class SafetensorsWriter
{
    // Values go out in pieces of this many coordinates when their bytes must be turned round.
    private const int PieceLength = 1 << 16;

    /// <summary>Writes a file that is either whole under its name or not there.</summary>
    /// <param name="path">Must not exist.</param>
    /// <exception cref="IOException">The file exists already, or cannot be written.</exception>
    public static void Save(
        string path, IReadOnlyList<ParameterTensor> tensors, ReadOnlySpan<float> values,
        IReadOnlyDictionary<string, string> metadata)
    {
        string staged = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var file = new FileStream(staged, FileMode.CreateNew, FileAccess.Write))
            {
                Write(file, tensors, values, metadata);
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
    /// <param name="tensors">Ascending by offset, without holes, together as long as <paramref name="values"/>.</param>
    /// <param name="values">The flat parameter vector, [d].</param>
    /// <param name="metadata">Written in ordinal order of the keys.</param>
    /// <exception cref="ArgumentException">The tensors are not those of the vector: a bug in the caller.</exception>
    public static void Write(
        Stream output, IReadOnlyList<ParameterTensor> tensors, ReadOnlySpan<float> values,
        IReadOnlyDictionary<string, string> metadata)
    {
        ReadOnlySpan<byte> header = Header(tensors, values.Length, metadata);
        int padding = (SafetensorsLayout.Alignment - (header.Length % SafetensorsLayout.Alignment)) % SafetensorsLayout.Alignment;
        Span<byte> prefix = stackalloc byte[SafetensorsLayout.PrefixSize];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)(header.Length + padding));
        output.Write(prefix);
        output.Write(header);
        output.Write("        "u8[..padding]);
        WriteValues(output, values);
    }

    private static ReadOnlySpan<byte> Header(
        IReadOnlyList<ParameterTensor> tensors, int length, IReadOnlyDictionary<string, string> metadata)
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

        int next = 0;
        foreach (ParameterTensor tensor in tensors)
        {
            if (tensor.Offset != next)
            {
                throw new ArgumentException(
                    $"Tensor {tensor.Name} begins at {tensor.Offset}, but the one before ends at {next}.", nameof(tensors));
            }

            next += tensor.Length;
            WriteEntry(json, tensor);
        }

        if (next != length)
        {
            throw new ArgumentException($"The tensors have {next} coordinates, but the vector has {length}.", nameof(tensors));
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan;
    }

    private static void WriteEntry(Utf8JsonWriter json, ParameterTensor tensor)
    {
        json.WriteStartObject(tensor.Name);
        json.WriteString("dtype", SafetensorsLayout.F32);
        json.WriteStartArray("shape");
        foreach (int extent in tensor.Shape)
        {
            json.WriteNumberValue(extent);
        }

        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue((long)tensor.Offset * sizeof(float));
        json.WriteNumberValue(((long)tensor.Offset + tensor.Length) * sizeof(float));
        json.WriteEndArray();
        json.WriteEndObject();
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
