using System.Buffers.Binary;

namespace OrleansSgd.Models.Safetensors;

/// <summary>What a safetensors file holds.</summary>
/// <param name="Metadata">Free text by key; empty when the file has none.</param>
/// <param name="Tensors">Ascending by their place in the file.</param>
public sealed record SafetensorsFile(
    IReadOnlyDictionary<string, string> Metadata, IReadOnlyList<SafetensorsEntry> Tensors);

/// <summary>One tensor.</summary>
/// <param name="Name">As the file says it.</param>
/// <param name="Shape">Row-major extents; empty for a single number.</param>
/// <param name="Type">One of <see cref="SafetensorsLayout.ValueSizes"/>.</param>
/// <param name="Bytes">[product of the extents × size of a value], little-endian.</param>
public sealed record SafetensorsEntry(string Name, IReadOnlyList<int> Shape, string Type, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>True when <see cref="Values"/> loses nothing: f32, f16 and bf16.</summary>
    public bool IsFloat => Type is SafetensorsLayout.F32 or SafetensorsLayout.F16 or SafetensorsLayout.BF16;

    /// <summary>[product of the extents]; made on each call.</summary>
    /// <exception cref="InvalidOperationException">The type is no float of at most 32 bits.</exception>
    public ReadOnlyMemory<float> Values
    {
        get
        {
            if (!IsFloat)
            {
                throw new InvalidOperationException($"Tensor {Name} has dtype {Type}, which is no float of at most 32 bits.");
            }

            int size = SafetensorsLayout.ValueSizes[Type];
            var values = new float[Bytes.Length / size];
            ReadOnlySpan<byte> bytes = Bytes.Span;
            for (int i = 0; i < values.Length; i++)
            {
                ReadOnlySpan<byte> one = bytes.Slice(i * size, size);
                values[i] = Type switch
                {
                    SafetensorsLayout.F32 => BinaryPrimitives.ReadSingleLittleEndian(one),
                    SafetensorsLayout.F16 => (float)BinaryPrimitives.ReadHalfLittleEndian(one),
                    _ => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(one) << 16),
                };
            }

            return values;
        }
    }
}
