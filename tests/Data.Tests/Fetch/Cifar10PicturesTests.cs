using System.Text;
using OrleansSgd.Data.Cifar10;
using OrleansSgd.Data.Fetch;
using OrleansSgd.Data.Tests.Cifar10;

namespace OrleansSgd.Data.Tests.Fetch;

public class Cifar10PicturesTests
{
    private const int PerFile = 3;

    private static readonly byte[] Labels = [4, 0, 9];

    private static readonly FetchFile[] Files =
        [.. Cifar10Files.Names.Select(name => new FetchFile(name, PerFile * Cifar10Reader.RecordSize, ""))];

    [Fact]
    public async Task Pictures_and_labels_become_the_official_records()
    {
        using var folder = new TempFolder();

        await UnpackAsync(folder, Package());

        for (int file = 0; file < Files.Length; file++)
        {
            Assert.Equal(Cifar10Bytes.Make(file, Labels), File.ReadAllBytes(folder[Files[file].Name]));
        }
    }

    [Fact]
    public async Task Only_the_files_asked_for_are_made()
    {
        using var folder = new TempFolder();

        await UnpackAsync(folder, Package(), Files[2..3]);

        Assert.Equal([Files[2].Name], Directory.GetFiles(folder.Path).Select(path => Path.GetFileName(path)));
        Assert.Equal(Cifar10Bytes.Make(2, Labels), File.ReadAllBytes(folder[Files[2].Name]));
    }

    [Theory]
    [InlineData("package/data_batch_4.png", null, "Could not find file")]
    [InlineData("package/train_lables.json", "[1,2,3]", "train_lables.json is not 15 labels of 0 to 9.")]
    [InlineData("package/test_lables.json", "[1,2,10]", "test_lables.json is not 3 labels of 0 to 9.")]
    [InlineData("package/test_lables.json", "{", "its contents are not what was expected")]
    [InlineData("package/test_batch.png", "no picture", "test_batch.png is not a PNG picture.")]
    public async Task A_package_that_lacks_something_is_refused(string name, string? contents, string expected)
    {
        using var folder = new TempFolder();
        (string Name, byte[] Bytes)[] package = [.. Package()
            .Where(entry => contents is not null || entry.Name != name)
            .Select(entry => entry.Name == name ? (name, Encoding.UTF8.GetBytes(contents!)) : entry)];

        var error = await Assert.ThrowsAsync<FetchFailedException>(() => UnpackAsync(folder, package));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_picture_of_another_size_is_refused()
    {
        using var folder = new TempFolder();
        (string Name, byte[] Bytes)[] package = Package();
        package[0] = (package[0].Name, PngBytes.Make(512, new byte[PerFile * 1536], _ => 0));

        var error = await Assert.ThrowsAsync<FetchFailedException>(() => UnpackAsync(folder, package));

        Assert.Contains("data_batch_1.png is 512 × 3 pixels, expected 1024 × 3.", error.Message, StringComparison.Ordinal);
    }

    private static Task UnpackAsync(TempFolder folder, (string Name, byte[] Bytes)[] package, FetchFile[]? files = null) =>
        new Cifar10Pictures(PerFile).UnpackAsync(
            new MemoryStream(Tarballs.Make(package)), files ?? Files, folder.Path, CancellationToken.None);

    // The package as npm has it, with three images a picture.
    private static (string Name, byte[] Bytes)[] Package() =>
    [
        .. Files.Select((file, index) => ($"package/{Path.ChangeExtension(file.Name, ".png")}", Picture(index))),
        ("package/train_lables.json", Json(Enumerable.Repeat(Labels, Cifar10Files.Train.Count).SelectMany(labels => labels))),
        ("package/test_lables.json", Json(Labels)),
    ];

    // Red, green and blue of a pixel lie together in a picture, and 1024 apart in a record.
    private static byte[] Picture(int salt) => PngBytes.Make(
        1024,
        [.. Enumerable.Range(0, PerFile * 3072).Select(i => Cifar10Bytes.Pixel(salt, i / 3072, (i % 3 * 1024) + (i % 3072 / 3)))],
        row => row + 2);

    private static byte[] Json(IEnumerable<byte> labels) => Encoding.UTF8.GetBytes($"[{string.Join(',', labels)}]");
}
