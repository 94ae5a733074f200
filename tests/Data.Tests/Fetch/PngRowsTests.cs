using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Data.Fetch;
using OrleansSgd.Testing;

namespace OrleansSgd.Data.Tests.Fetch;

public class PngRowsTests
{
    [Fact]
    public void What_was_written_with_any_filters_in_any_chunks_is_read() =>
        Prop.ForAll(
            Gen.Choose(1, 9).ToArbitrary(), Gen.ArrayOf(Gen.Choose(0, 4)).Where(filters => filters.Length > 0).ToArbitrary(),
            Gen.Choose(1, 40).ToArbitrary(),
            (width, filters, chunk) =>
            {
                byte[] pixels = Pixels(width * 3 * filters.Length);
                byte[] file = PngBytes.Make(width, pixels, row => filters[row], chunk);
                Assert.Equal(pixels, Read(file, filters.Length));
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_check_catches_rows_written_with_another_filter_than_they_say()
    {
        byte[] pixels = Pixels(4 * 3 * 6);

        for (int filter = 0; filter <= 4; filter++)
        {
            int told = filter;
            Assert.Equal(pixels, Read(PngBytes.Make(4, pixels, _ => told), 6));
            Assert.NotEqual(pixels, Read(PngBytes.Make(4, pixels, _ => told, saysOf: row => row == 3 ? (told + 1) % 5 : told), 6));
        }
    }

    [Fact]
    public void A_picture_cut_short_anywhere_is_refused()
    {
        byte[] file = PngBytes.Make(3, Pixels(3 * 3 * 4), row => row % 5, chunk: 20);

        // The last row is there before the end of the file is: 12 bytes of IEND, 4 of a checksum, 4 of zlib's own, and its end mark.
        for (int size = 0; size < file.Length - 24; size++)
        {
            Assert.Throws<InvalidDataException>(() => Read(file[..size], 4));
        }
    }

    [Fact]
    public void Whatever_the_bytes_are_they_are_read_or_refused() =>
        DecoderTrial.Run([PngBytes.Make(3, Pixels(3 * 3 * 4), row => row % 5, chunk: 20)], _ => { }, bytes => Read(bytes, 4), seed: 20_007);

    [Fact]
    public void Other_sorts_of_pictures_are_refused_by_name()
    {
        byte[] pixels = Pixels(9);

        Assert.Equal("p is not a PNG picture.", Refusal("GIF89a and so on, and on, and on, and on"u8.ToArray()));
        Assert.Equal(
            "p has 16 bits a colour, colour type 2 and interlacing 0; only 8, 2 and 0 are read.",
            Refusal(PngBytes.Make(3, pixels, _ => 0, bits: 16)));
        Assert.Equal(
            "p has 8 bits a colour, colour type 2 and interlacing 1; only 8, 2 and 0 are read.",
            Refusal(PngBytes.Make(3, pixels, _ => 0, interlacing: 1)));
        Assert.Equal("p has filter 9 in row 0; a filter is 0 to 4.", Refusal(PngBytes.Make(3, pixels, _ => 9)));
    }

    [Fact]
    public void Asking_for_more_rows_than_there_are_is_refused() =>
        Assert.Equal("p ends after 1 of 1 rows.", Refusal(PngBytes.Make(3, Pixels(9), _ => 0), rows: 2));

    private static string Refusal(byte[] file, int rows = 1) => Assert.Throws<InvalidDataException>(() => Read(file, rows)).Message;

    private static byte[] Read(byte[] file, int rows)
    {
        using PngRows picture = PngRows.Open(new MemoryStream(file), "p");
        var pixels = new List<byte>();
        for (int row = 0; row < rows; row++)
        {
            pixels.AddRange(picture.Next());
        }

        return [.. pixels];
    }

    private static byte[] Pixels(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)((i * i * 37) + (i >> 2)))];
}
