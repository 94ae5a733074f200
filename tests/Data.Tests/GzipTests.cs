using OrleansSgd.Data.Files;
using OrleansSgd.Data.LibSvm;
using OrleansSgd.Testing;

namespace OrleansSgd.Data.Tests;

public class GzipTests
{
    private static readonly byte[] Plain = [.. Enumerable.Range(0, 3000).SelectMany(i => System.Text.Encoding.ASCII.GetBytes($"{i % 2} 1:{i * 7919 % 1000}\n"))];

    [Fact]
    public void Gzip_is_known_by_its_first_bytes() => Assert.Equal(Plain, ReadAll(TempFolder.Gzip(Plain)));

    [Fact]
    public void Other_bytes_are_left_alone()
    {
        Assert.Equal(Plain, ReadAll(Plain));
        Assert.Empty(ReadAll([]));
        Assert.Equal([0x1F], ReadAll([0x1F]));
    }

    [Fact]
    public void A_file_cut_short_anywhere_is_refused()
    {
        byte[] packed = TempFolder.Gzip(Plain);
        for (int length = 2; length < packed.Length; length += 97)
        {
            var error = Assert.Throws<InvalidDataException>(() => ReadAll(packed[..length]));
            Assert.StartsWith("f is damaged: its gzip data breaks off", error.Message, StringComparison.Ordinal);
        }

        Assert.Throws<InvalidDataException>(() => ReadAll(packed[..^1]));
    }

    [Fact]
    public void Any_damage_is_read_or_refused()
    {
        byte[][] inputs = [TempFolder.Gzip("1 1:1\n0 2:2\n"u8.ToArray())];
        DecoderTrial.Run(inputs, RepairMagic, bytes => LibSvmReader.Read(DataFile.Plain(new MemoryStream(bytes), "f"), "f", 10), seed: 20_004);
    }

    private static void RepairMagic(byte[] bytes)
    {
        ReadOnlySpan<byte> magic = [0x1F, 0x8B, 8];
        magic[..Math.Min(3, bytes.Length)].CopyTo(bytes);
    }

    private static byte[] ReadAll(byte[] file)
    {
        using Stream plain = DataFile.Plain(new MemoryStream(file), "f");
        using var copy = new MemoryStream();
        plain.CopyTo(copy);
        return copy.ToArray();
    }
}
