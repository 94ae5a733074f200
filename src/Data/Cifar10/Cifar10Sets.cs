using OrleansSgd.Data.Files;
using OrleansSgd.Data.Sources;

namespace OrleansSgd.Data.Cifar10;

/// <summary>Makes data sets of the CIFAR-10 files.</summary>
internal static class Cifar10Sets
{
    private const string Fetch = "Bring it with: grid data fetch cifar10";
    private const int PlaneCount = 3;

    private static readonly int[] Shape = [PlaneCount, 32, 32];

    /// <param name="dataFolder">Has the folder <c>cifar10</c>.</param>
    /// <param name="plan">For limit, testLimit and normalise.</param>
    /// <param name="recordCount">Records each file must have.</param>
    /// <exception cref="FileNotFoundException">A file is not there; names it and the remedy.</exception>
    /// <exception cref="InvalidDataException">A file is not whole, or a label is out of range.</exception>
    public static DataSets Open(string dataFolder, DataPlan plan, int recordCount = Cifar10Reader.RecordCount)
    {
        (byte[] pixels, byte[] labels) = Read(dataFolder, Cifar10Files.Train, recordCount, plan.Limit);
        (byte[] testPixels, byte[] testLabels) = Read(dataFolder, [Cifar10Files.Test], recordCount, plan.TestLimit);
        PixelScale[] scales = plan.Normalise == true
            ? Normalisation.OfPlanes(pixels, Cifar10Reader.PixelCount, PlaneCount)
            : [new(0, 255)];
        return new(Source(pixels, labels), Source(testPixels, testLabels), Cifar10Files.ClassNames);

        ByteSource Source(byte[] bytes, byte[] classes) => new(bytes, classes, Shape, Cifar10Reader.ClassCount, scales);
    }

    // Files behind the limit are not opened.
    private static (byte[] Pixels, byte[] Labels) Read(string dataFolder, IReadOnlyList<string> names, int recordCount, int? limit)
    {
        int count = Math.Min(limit ?? int.MaxValue, names.Count * recordCount);
        byte[] pixels = GC.AllocateUninitializedArray<byte>(count * Cifar10Reader.PixelCount);
        byte[] labels = new byte[count];
        for (int done = 0, file = 0; done < count; file++)
        {
            int kept = Math.Min(recordCount, count - done);
            string path = Cifar10Files.Find(dataFolder, names[file]);
            using Stream stream = DataFile.OpenRead(path, Fetch);
            Cifar10Reader.Read(
                stream, path, recordCount, pixels.AsSpan(done * Cifar10Reader.PixelCount, kept * Cifar10Reader.PixelCount), labels.AsSpan(done, kept));
            done += kept;
        }

        return (pixels, labels);
    }
}
