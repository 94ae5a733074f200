using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Checkpoints;

namespace OrleansSgd.Core.Tests.Checkpoints;

/// <summary>Goal: the checksum is CRC-32C. Method: known answers, and its definition bit by bit as the model.</summary>
public class Crc32CTests
{
    // RFC 3720 (iSCSI), appendix B.4, and the check value of the Castagnoli polynomial.
    public static TheoryData<byte[], uint> KnownAnswers => new()
    {
        { [], 0 },
        { Encoding.ASCII.GetBytes("123456789"), 0xE306_9283 },
        { new byte[32], 0x8A91_36AA },
        { [.. Enumerable.Repeat((byte)0xFF, 32)], 0x62A8_AB43 },
        { [.. Enumerable.Range(0, 32).Select(i => (byte)i)], 0x46DD_794E },
        { [.. Enumerable.Range(0, 32).Select(i => (byte)(31 - i))], 0x113F_DB5C },
    };

    [Theory]
    [MemberData(nameof(KnownAnswers))]
    public void Known_answers_come_out(byte[] bytes, uint checksum) => Assert.Equal(checksum, Crc32C.Of(bytes));

    [Fact]
    public void It_equals_the_definition_and_may_be_taken_in_pieces()
    {
        Prop.ForAll<byte[], int>((bytes, at) =>
        {
            int cut = (int)((uint)at % (bytes.Length + 1));
            uint whole = Crc32C.Of(bytes);
            return whole == ByTheBook(bytes) && whole == Crc32C.Append(Crc32C.Of(bytes.AsSpan(0, cut)), bytes.AsSpan(cut));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Every_single_flipped_bit_is_found()
    {
        byte[] bytes = [.. Enumerable.Range(0, 100).Select(i => (byte)(i * 7))];
        uint whole = Crc32C.Of(bytes);

        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(whole, Crc32C.Of(bytes));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    private static uint ByTheBook(byte[] bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte one in bytes)
        {
            crc ^= one;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0x82F6_3B78;
            }
        }

        return ~crc;
    }
}
