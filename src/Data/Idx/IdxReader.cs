using System.Buffers.Binary;
using System.Runtime.InteropServices;
using OrleansSgd.Data.Files;

namespace OrleansSgd.Data.Idx;

/// <summary>Reads IDX, the format of MNIST.</summary>
/// <remarks>
/// <para>Layout, big-endian: two zero bytes, the element type (1 byte), the rank (1 byte), one u32 an extent, then
/// the elements. Nothing may follow.</para>
/// <para>A header is not believed before its bytes have arrived: memory grows with what is read, so a short file that
/// promises gigabytes costs what it holds.</para>
/// </remarks>
public static class IdxReader
{
    private const int RankMax = 4;
    private const int BlockSize = 1 << 16;

    /// <summary>Reads a plain or gzip file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rowsMax">Keeps the first rows only; the rest is still checked for length.</param>
    /// <param name="missing">What to do when there is no such file: a sentence for the error.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not whole IDX of a type that is read.</exception>
    public static IdxTensor ReadFile(
        string path, int rowsMax = int.MaxValue, string missing = "Check the path in the job file.")
    {
        using Stream stream = DataFile.OpenRead(path, missing);
        return Read(stream, path, rowsMax);
    }

    /// <summary>Reads uncompressed IDX to the end of <paramref name="stream"/>.</summary>
    /// <param name="stream">At the first byte of the header; stays open.</param>
    /// <param name="name">The file's name, for errors.</param>
    /// <param name="rowsMax">Rows to keep; at least 1.</param>
    /// <exception cref="InvalidDataException">The bytes are not whole IDX of a type that is read.</exception>
    public static IdxTensor Read(Stream stream, string name, int rowsMax = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(rowsMax, 1);
        Span<byte> magic = stackalloc byte[4];
        ReadHeader(stream, magic, 0, name);
        IdxType type = TypeOf(magic, name);
        int[] shape = ReadShape(stream, magic[3], name);

        int elementSize = type == IdxType.Floats ? sizeof(float) : 1;
        long rowSize = elementSize;
        for (int axis = 1; axis < shape.Length; axis++)
        {
            rowSize *= shape[axis];
            RefuseTooLarge(rowSize, name);
        }

        long sizeInFile = rowSize * shape[0];
        int rowsInFile = shape[0];
        shape[0] = Math.Min(shape[0], rowsMax);
        RefuseTooLarge(rowSize * shape[0], name);
        int headerSize = 4 + 4 * shape.Length;
        byte[] kept = ReadElements(stream, (int)(rowSize * shape[0]), headerSize, sizeInFile, name);
        SkipRest(stream, kept.Length, headerSize, sizeInFile, name);
        return type == IdxType.Bytes
            ? new(name, rowsInFile, shape, kept, null)
            : new(name, rowsInFile, shape, null, ToFloats(kept, headerSize, name));
    }

    private static IdxType TypeOf(ReadOnlySpan<byte> magic, string name)
    {
        if (magic[0] != 0 || magic[1] != 0)
        {
            throw new InvalidDataException(
                $"{name} is not an IDX file: it begins with {Convert.ToHexString(magic)}, an IDX file with two zero " +
                "bytes, its type and its rank (00000803 for images, 00000801 for labels).");
        }

        if (!Enum.IsDefined((IdxType)magic[2]))
        {
            throw new InvalidDataException(
                $"{name} has IDX type 0x{magic[2]:X2} at byte 2; only 0x08 (bytes) and 0x0D (32-bit floats) are read.");
        }

        if (magic[3] is 0 or > RankMax)
        {
            throw new InvalidDataException($"{name} has rank {magic[3]} at byte 3; use 1 to {RankMax}.");
        }

        return (IdxType)magic[2];
    }

    private static int[] ReadShape(Stream stream, int rank, string name)
    {
        Span<byte> extent = stackalloc byte[4];
        int[] shape = new int[rank];
        for (int axis = 0; axis < rank; axis++)
        {
            int offset = 4 + 4 * axis;
            ReadHeader(stream, extent, offset, name);
            uint value = BinaryPrimitives.ReadUInt32BigEndian(extent);
            if (value is 0 or > int.MaxValue)
            {
                throw new InvalidDataException(
                    $"{name} has extent {value} at byte {offset}; an extent is 1 to {int.MaxValue}.");
            }

            shape[axis] = (int)value;
        }

        return shape;
    }

    private static void ReadHeader(Stream stream, Span<byte> part, int offset, string name)
    {
        int size = stream.ReadAtLeast(part, part.Length, throwOnEndOfStream: false);
        if (size < part.Length)
        {
            throw new InvalidDataException(
                offset + size == 0
                    ? $"{name} is empty. Bring a whole copy."
                    : $"{name} ends at byte {offset + size}, inside its header. Bring a whole copy.");
        }
    }

    private static void RefuseTooLarge(long size, string name)
    {
        if (size > Array.MaxLength)
        {
            throw new InvalidDataException(
                $"{name} promises {size} bytes or more; one file may hold {Array.MaxLength}. Split it, or set limit.");
        }
    }

    private static byte[] ReadElements(Stream stream, int size, int headerSize, long sizeInFile, string name)
    {
        long atHand = stream.CanSeek ? stream.Length - stream.Position : BlockSize;
        byte[] elements = GC.AllocateUninitializedArray<byte>((int)Math.Clamp(atHand, 1, size));
        int done = 0;
        while (done < size)
        {
            if (done == elements.Length)
            {
                Array.Resize(ref elements, (int)Math.Min(size, done * 2L));
            }

            int read = stream.Read(elements.AsSpan(done));
            if (read == 0)
            {
                throw CutShort(name, headerSize + done, headerSize + sizeInFile);
            }

            done += read;
        }

        return elements;
    }

    private static void SkipRest(Stream stream, long done, int headerSize, long sizeInFile, string name)
    {
        byte[]? scratch = null;
        while (true)
        {
            int read = stream.Read(scratch ??= new byte[done < sizeInFile ? 1 << 16 : 1]);
            if (read == 0)
            {
                break;
            }

            done += read;
            if (done > sizeInFile)
            {
                throw new InvalidDataException(
                    $"{name} has bytes after byte {headerSize + sizeInFile}, where its header says it ends. " +
                    "Header and contents do not belong together; bring a whole copy.");
            }
        }

        if (done < sizeInFile)
        {
            throw CutShort(name, headerSize + done, headerSize + sizeInFile);
        }
    }

    private static InvalidDataException CutShort(string name, long end, long expected) =>
        new($"{name} ends at byte {end}, but its header promises {expected} bytes; it was cut short. Bring a whole copy.");

    private static float[] ToFloats(byte[] elements, int headerSize, string name)
    {
        float[] floats = new float[elements.Length / sizeof(float)];
        BinaryPrimitives.ReverseEndianness(
            MemoryMarshal.Cast<byte, int>(elements.AsSpan()), MemoryMarshal.Cast<float, int>(floats.AsSpan()));
        for (int i = 0; i < floats.Length; i++)
        {
            if (!float.IsFinite(floats[i]))
            {
                throw new InvalidDataException(
                    $"{name} has {floats[i]} at byte {headerSize + sizeof(float) * (long)i}; samples must be finite.");
            }
        }

        return floats;
    }
}
