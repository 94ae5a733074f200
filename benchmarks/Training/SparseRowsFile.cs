using System.Runtime.InteropServices;
using OrleansSgd.Core.Samples;

namespace OrleansSgd.Benchmarks.Training;

/// <summary>Sparse rows as a file that peers read: all sides train on the same ones.</summary>
/// <remarks>
/// Little-endian: i32 rows, i32 entries; then i32 starts [rows + 1], i32 features [entries], f32 values [entries], f32 labels [rows], 0 or 1.
/// </remarks>
internal static class SparseRowsFile
{
    private const int Chunk = 1000;

    /// <summary>Writes the rows, under another name first, unless the file is there.</summary>
    public static void Write(string path, ISampleSource source)
    {
        if (File.Exists(path))
        {
            return;
        }

        List<int> starts = [0];
        List<int> features = [];
        List<float> values = [];
        List<float> labels = [];
        var batch = new SampleBatch();
        foreach (int[] rows in Enumerable.Range(0, source.Count).Chunk(Chunk))
        {
            source.Read(rows, batch);
            int before = features.Count;
            features.AddRange(batch.Indices);
            values.AddRange(batch.Values);
            labels.AddRange(batch.Labels);
            foreach (int start in batch.RowStarts[1..])
            {
                starts.Add(before + start);
            }
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string unfinished = path + ".new";
        using (FileStream file = File.Create(unfinished))
        {
            Add<int>(file, [labels.Count, features.Count]);
            Add<int>(file, CollectionsMarshal.AsSpan(starts));
            Add<int>(file, CollectionsMarshal.AsSpan(features));
            Add<float>(file, CollectionsMarshal.AsSpan(values));
            Add<float>(file, CollectionsMarshal.AsSpan(labels));
        }

        File.Move(unfinished, path, overwrite: true);
    }

    private static void Add<T>(FileStream file, ReadOnlySpan<T> numbers)
        where T : unmanaged => file.Write(MemoryMarshal.AsBytes(numbers));
}
