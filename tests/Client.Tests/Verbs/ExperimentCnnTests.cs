using System.Buffers.Binary;
using System.Text.Json;

namespace OrleansSgd.Client.Tests.Verbs;

/// <summary>
/// Goal: the experiment with a deep network runs on the grid and leaves page, table and plots. Method: its short form, on digits of a few bars.
/// </summary>
public sealed class ExperimentCnnTests
{
    [Fact]
    public async Task Short_form_trains_every_setting_and_writes_what_it_shows()
    {
        using var folder = new TempFolder();
        WriteDigits(folder["data/mnist"]);

        GridRun run = await GridRun.InProcessAsync(
            "experiment", "cnn", "--quick", "--epochs", "1", "--samples", "128", "--data", folder["data"], "--out", folder["docs"], "--json");

        Assert.True(run.ExitCode == ExitCodes.Done, run.Error);
        JsonElement completed = JsonDocument.Parse(Assert.Single(run.Lines)).RootElement;
        string[] files = [.. completed.GetProperty("files").EnumerateArray().Select(file => file.GetString()!)];
        Assert.All(files, file => Assert.True(File.Exists(file), file));
        string page = await File.ReadAllTextAsync(files[0]);
        Assert.Contains("./grid experiment cnn --seed 1 --quick --samples 128 --epochs 1", page, StringComparison.Ordinal);
        Assert.Contains("**Found.**", page, StringComparison.Ordinal);
        Assert.Contains("None of 12 runs failed", page, StringComparison.Ordinal);

        string[] lines = (await File.ReadAllTextAsync(files[1])).TrimEnd('\n').Split('\n');
        string[] names = lines[0].Split(',');
        Assert.Equal(1 + (2 * 2 * 3), lines.Length); // seeds × workers × (dense, with feedback, without)
        foreach (string[] cells in lines.Skip(1).Select(line => line.Split(',')))
        {
            double Of(string name) => double.Parse(cells[Array.IndexOf(names, name)], System.Globalization.CultureInfo.InvariantCulture);
            Assert.InRange(Of("testAccuracy"), 0, 1);

            // 128 samples in batches of 32; then, with feedback, each worker that holds something back sends it whole.
            bool isHeldBack = cells[Array.IndexOf(names, "feedback")] == "true";
            Assert.InRange(Of("updates"), isHeldBack ? 5 : 4, isHeldBack ? 4 + Of("workers") : 4);
            double entries = Of("share") < 1 ? 617 * 8 : 61_706 * 4;
            Assert.InRange(Of("bytesPushed"), 4 * entries, (4.1 * entries) + (isHeldBack ? Of("workers") * 61_706 * 8 : 4096));
        }
    }

    [Theory]
    [InlineData("--samples is 5; use 64 to 50000.", "cnn", "--quick", "--samples", "5")]
    [InlineData("--seeds is 0; use 1 to 1000.", "cnn", "--seeds", "0")]
    [InlineData("--epochs is for cnn only.", "a", "--epochs", "3")]
    public async Task What_cannot_be_run_is_refused_before_anything_is(string error, params string[] args)
    {
        using var folder = new TempFolder();

        GridRun run = await GridRun.InProcessAsync(["experiment", .. args, "--out", folder.Path, "--data", folder.Path]);

        Assert.Equal((ExitCodes.BadInput, ""), (run.ExitCode, run.Out));
        Assert.Contains(error, run.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    // Ten classes, each with its own two bright rows.
    private static void WriteDigits(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach ((string name, int count) in (ReadOnlySpan<(string, int)>)[("train", 128), ("t10k", 60)])
        {
            byte[] images = [0, 0, 8, 3, 0, 0, 0, 0, 0, 0, 0, 28, 0, 0, 0, 28, .. new byte[count * 784]];
            byte[] labels = [0, 0, 8, 1, 0, 0, 0, 0, .. new byte[count]];
            BinaryPrimitives.WriteInt32BigEndian(images.AsSpan(4), count);
            BinaryPrimitives.WriteInt32BigEndian(labels.AsSpan(4), count);
            for (int i = 0; i < count; i++)
            {
                labels[8 + i] = (byte)(i % 10);
                images.AsSpan(16 + (i * 784) + (i % 10 * 2 * 28), 2 * 28).Fill(255);
            }

            File.WriteAllBytes(Path.Combine(folder, $"{name}-images-idx3-ubyte"), images);
            File.WriteAllBytes(Path.Combine(folder, $"{name}-labels-idx1-ubyte"), labels);
        }
    }
}
