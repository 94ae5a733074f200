namespace OrleansSgd.Data.Cifar10;

/// <summary>Reads the binary form of CIFAR-10.</summary>
/// <remarks>Layout: records of 3073 bytes, one after the other: the label (0 to 9), then 32 × 32 red pixels row by row, then green,
/// then blue. No header; an official file has 10 000 records.</remarks>
internal static class Cifar10Reader
{
    /// <summary>Classes of the set.</summary>
    public const int ClassCount = 10;

    /// <summary>Pixels of one image, all three planes.</summary>
    public const int PixelCount = 3 * 32 * 32;

    /// <summary>Bytes of one record.</summary>
    public const int RecordSize = 1 + PixelCount;

    /// <summary>Records of one official file.</summary>
    public const int RecordCount = 10_000;

    private const string Remedy = "Bring a whole copy: remove the file, then grid data fetch cifar10";

    /// <summary>Reads one file to its end, and keeps its first records.</summary>
    /// <param name="stream">At its first byte; stays open.</param>
    /// <param name="name">The file's name, for errors.</param>
    /// <param name="recordCount">Records the file must have.</param>
    /// <param name="pixels">[kept × 3072].</param>
    /// <param name="labels">[kept]; at most recordCount.</param>
    /// <exception cref="InvalidDataException">The file has another length, or a kept label is above 9.</exception>
    public static void Read(Stream stream, string name, int recordCount, Span<byte> pixels, Span<byte> labels)
    {
        Span<byte> record = stackalloc byte[RecordSize];
        long whole = (long)recordCount * RecordSize;
        for (int row = 0; row < recordCount; row++)
        {
            long start = (long)row * RecordSize;
            int size = stream.ReadAtLeast(record, RecordSize, throwOnEndOfStream: false);
            if (size < RecordSize)
            {
                throw new InvalidDataException(
                    $"{name} ends at byte {start + size}, but {recordCount} records of {RecordSize} bytes are {whole}. {Remedy}");
            }

            if (row < labels.Length)
            {
                labels[row] = Label(record[0], name, start, row);
                record[1..].CopyTo(pixels[(row * PixelCount)..]);
            }
        }

        if (stream.ReadByte() >= 0)
        {
            throw new InvalidDataException(
                $"{name} has bytes after byte {whole}, where {recordCount} records of {RecordSize} bytes end. {Remedy}");
        }
    }

    private static byte Label(byte label, string name, long start, int row) => label < ClassCount
        ? label
        : throw new InvalidDataException(
            $"{name} has label {label} at byte {start} (record {row}); a label is 0 to {ClassCount - 1}. {Remedy}");
}
