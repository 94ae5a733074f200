using OrleansSgd.Data.Cifar10;

namespace OrleansSgd.Data.Tests.Cifar10;

/// <summary>Small files in the layout of CIFAR-10.</summary>
internal static class Cifar10Bytes
{
    /// <summary>One file whose record i has the i-th label and pixels that no other record or plane has in this order.</summary>
    public static byte[] Make(int salt, params byte[] labels)
    {
        byte[] file = new byte[labels.Length * Cifar10Reader.RecordSize];
        for (int row = 0; row < labels.Length; row++)
        {
            Span<byte> record = file.AsSpan(row * Cifar10Reader.RecordSize, Cifar10Reader.RecordSize);
            record[0] = labels[row];
            for (int i = 0; i < Cifar10Reader.PixelCount; i++)
            {
                record[1 + i] = Pixel(salt, row, i);
            }
        }

        return file;
    }

    /// <summary>Pixel i of record row, over all planes; each plane is half as bright as the one before.</summary>
    public static byte Pixel(int salt, int row, int i) => (byte)(((salt * 31) + (row * 7) + (i * 5)) % 256 >> (i / 1024));

    /// <summary>A folder with all six files; file k has salt k, the test file 9.</summary>
    public static TempFolder Folder(params byte[] labels)
    {
        var folder = new TempFolder();
        for (int file = 0; file < Cifar10Files.Train.Count; file++)
        {
            folder.Bytes($"cifar10/{Cifar10Files.Train[file]}", Make(file, labels));
        }

        return folder.Bytes($"cifar10/{Cifar10Files.Test}", Make(9, labels));
    }
}
