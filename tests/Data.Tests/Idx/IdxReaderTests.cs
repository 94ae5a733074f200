using OrleansSgd.Data.Idx;
using OrleansSgd.Testing;
using Xunit.Sdk;

namespace OrleansSgd.Data.Tests.Idx;

public class IdxReaderTests
{
    private static readonly byte[] TwoImages = IdxBytes.Make(0x08, [2, 1, 3], 1, 2, 3, 4, 5, 255);

    [Fact]
    public void Bytes_are_read_row_by_row()
    {
        IdxTensor tensor = Read(TwoImages);

        Assert.Equal([2, 1, 3], tensor.Shape);
        Assert.Equal(3, tensor.RowLength);
        Assert.Equal([1, 2, 3, 4, 5, 255], tensor.Bytes!);
        Assert.Null(tensor.Floats);
    }

    [Fact]
    public void Floats_are_read_big_endian() =>
        Assert.Equal([1.5f, -2f], Read(IdxBytes.Floats([2, 1], 1.5f, -2f)).Floats!);

    [Fact]
    public void A_limit_keeps_the_first_rows_and_still_knows_how_many_there_were()
    {
        IdxTensor tensor = IdxReader.Read(new MemoryStream(TwoImages), "f", rowsMax: 1);

        Assert.Equal([1, 2, 3], tensor.Bytes);
        Assert.Equal(2, tensor.RowsInFile);
        Assert.Throws<InvalidDataException>(() => IdxReader.Read(new MemoryStream(TwoImages[..^1]), "f", rowsMax: 1));
    }

    [Fact]
    public void A_stream_that_answers_byte_by_byte_is_read_all_the_same() =>
        Assert.Equal(Read(TwoImages).Bytes, IdxReader.Read(new Trickle(TwoImages), "f").Bytes);

    [Fact]
    public void Damage_is_named_with_its_place()
    {
        AssertRefused([], "f is empty. Bring a whole copy.");
        AssertRefused(TwoImages[..9], "f ends at byte 9, inside its header. Bring a whole copy.");
        AssertRefused(
            TwoImages[..^2],
            "f ends at byte 20, but its header promises 22 bytes; it was cut short. Bring a whole copy.");
        AssertRefused(
            [.. TwoImages, 0],
            "f has bytes after byte 22, where its header says it ends. Header and contents do not belong together; bring a whole copy.");
        AssertRefused(
            "not IDX at all"u8.ToArray(),
            "f is not an IDX file: it begins with 6E6F7420, an IDX file with two zero bytes, its type and its rank (00000803 for images, 00000801 for labels).");
        AssertRefused(
            IdxBytes.Make(0x0C, [1], 0, 0, 0, 0),
            "f has IDX type 0x0C at byte 2; only 0x08 (bytes) and 0x0D (32-bit floats) are read.");
        AssertRefused(IdxBytes.Make(0x08, [1, 1, 1, 1, 1], 0), "f has rank 5 at byte 3; use 1 to 4.");
        AssertRefused(IdxBytes.Make(0x08, [2, 0]), "f has extent 0 at byte 8; an extent is 1 to 2147483647.");
        AssertRefused(
            IdxBytes.Floats([2, 1], 0, float.NaN), "f has NaN at byte 16; samples must be finite.");
    }

    [Fact]
    public void A_header_that_promises_gigabytes_costs_only_what_the_file_holds()
    {
        byte[] bytes = IdxBytes.Make(0x08, [2_000_000_000], 1, 2, 3);
        AssertRefused(bytes, "f ends at byte 11, but its header promises 2000000008 bytes; it was cut short. Bring a whole copy.");
        AssertRefused(
            IdxBytes.Make(0x08, [2_000_000_000, 2_000_000_000], 1),
            "f promises 4000000000000000000 bytes or more; one file may hold 2147483591. Split it, or set limit.");

        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<InvalidDataException>(() => Read(bytes));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void Any_bytes_are_read_or_refused() =>
        DecoderTrial.Run(Inputs, RepairMagic, bytes => Read(bytes), seed: 20_001);

    [Fact]
    public void The_trial_catches_a_reader_that_believes_the_header() =>
        Assert.Throws<FailException>(() => DecoderTrial.Run(Inputs, RepairMagic, BelievesTheHeader, seed: 20_001));

    private static byte[][] Inputs => [TwoImages, IdxBytes.Floats([2, 2], 1, 2, 3, 4), IdxBytes.Labels(3, 1, 2)];

    private static void RepairMagic(byte[] bytes)
    {
        ReadOnlySpan<byte> magic = [0, 0, 8, 2];
        magic[..Math.Min(4, bytes.Length)].CopyTo(bytes);
    }

    private static void BelievesTheHeader(byte[] bytes)
    {
        _ = Read(TwoImages);
        if (bytes.Length > 7 && bytes[7] > 0)
        {
            _ = bytes[7 + bytes[7]];
        }
        else
        {
            throw new InvalidDataException();
        }
    }

    private static IdxTensor Read(byte[] bytes) => IdxReader.Read(new MemoryStream(bytes), "f");

    private static void AssertRefused(byte[] bytes, string message) =>
        Assert.Equal(message, Assert.Throws<InvalidDataException>(() => Read(bytes)).Message);

    /// <summary>A stream without length that hands out one byte a call.</summary>
    private sealed class Trickle(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(1, buffer.Length)]);
    }
}
