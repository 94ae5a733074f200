using System.Text;
using OrleansSgd.Data.LibSvm;
using OrleansSgd.Testing;
using Xunit.Sdk;

namespace OrleansSgd.Data.Tests.LibSvm;

public class LibSvmReaderTests
{
    private const string Whole = "+1 1:0.5 3:-2 # a comment\r\n\n# only a comment\n-1 qid:7 2:1e-3\n-1\n";

    [Fact]
    public void Rows_are_compressed_with_indices_from_0()
    {
        SparseRows rows = Read(Whole);

        Assert.Equal([1, -1, -1], rows.Labels.Labels);
        Assert.Equal([1, 4, 5], rows.Labels.Lines);
        Assert.Equal([0, 2, 3, 3], rows.Starts);
        Assert.Equal([0, 2, 1], rows.Indices);
        Assert.Equal([0.5f, -2f, 1e-3f], rows.Values);
        Assert.Equal((3, 1), (rows.FeatureCount, rows.QidCount));
    }

    [Fact]
    public void The_last_line_needs_no_line_end() => Assert.Equal([2f], Read("1 1:2").Values);

    [Fact]
    public void Lines_longer_than_the_buffer_are_read_whole()
    {
        string row = "1 " + string.Join(' ', Enumerable.Range(1, 5000).Select(index => $"{index}:{index}"));

        SparseRows rows = Read(row + "\n" + row);

        Assert.Equal(10_000, rows.Indices.Length);
        Assert.Equal(rows.Values[..5000], rows.Values[5000..]);
    }

    [Fact]
    public void A_row_limit_stops_before_what_follows() =>
        Assert.Equal([1f], LibSvmReader.Read(Stream("1 1:1\nthis is not read"), "f", null, rowsMax: 1).Labels.Labels);

    [Theory]
    [InlineData("", "f has no rows; a data file needs at least one.")]
    [InlineData("# nothing\n\n", "f has no rows; a data file needs at least one.")]
    [InlineData("1 1:1\nyes 1:1", "f line 2, column 1: \"yes\" is not a finite number; a line begins with its label.")]
    [InlineData("nan 1:1", "f line 1, column 1: \"nan\" is not a finite number; a line begins with its label.")]
    [InlineData("1 0:1", "f line 1, column 3: \"0:1\" has index 0, but indices start at 1; add 1 to each.")]
    [InlineData("1 2:1 2:1", "f line 1, column 7: \"2:1\" has index 2 after 2; indices ascend within a line.")]
    [InlineData("1 3:1  2:1", "f line 1, column 8: \"2:1\" has index 2 after 3; indices ascend within a line.")]
    [InlineData("1 9:1", "f line 1, column 3: \"9:1\" has index 9, but featureCount is 8; raise featureCount or mend the file.")]
    [InlineData("1 2:inf", "f line 1, column 5: \"inf\" is not a finite 32-bit number.")]
    [InlineData("1 2:1e39", "f line 1, column 5: \"1e39\" is not a finite 32-bit number.")]
    [InlineData("1 2:", "f line 1, column 5: \"\" is not a finite 32-bit number.")]
    [InlineData("1 2", "f line 1, column 3: \"2\" is not index:value.")]
    [InlineData("1 :2", "f line 1, column 3: \":2\" is not index:value.")]
    [InlineData("1 1.5:2", "f line 1, column 3: \"1.5:2\" is not index:value.")]
    public void A_broken_rule_is_named_with_line_and_column(string text, string message) =>
        Assert.Equal(
            message, Assert.Throws<InvalidDataException>(() => LibSvmReader.Read(Stream(text), "f", 8)).Message);

    [Fact]
    public void An_index_no_model_could_hold_is_refused_without_featureCount() =>
        Assert.Equal(
            "f line 1, column 3: \"999999999:1\" has index 999999999; the largest allowed is 268435456.",
            Assert.Throws<InvalidDataException>(() => Read("1 999999999:1")).Message);

    [Fact]
    public void Any_bytes_are_read_or_refused() =>
        DecoderTrial.Run(Inputs, TextTrial.MakeLibSvm, bytes => Check(LibSvmReader.Read(new MemoryStream(bytes), "f", 50)), seed: 20_002);

    [Fact]
    public void The_trial_catches_a_reader_that_splits_without_looking() =>
        Assert.Throws<FailException>(() => DecoderTrial.Run(["1 1:1 2:2"u8.ToArray()], TextTrial.MakeLibSvm, SplitsWithoutLooking, seed: 20_002));

    private static byte[][] Inputs => [Encoding.UTF8.GetBytes(Whole), Encoding.UTF8.GetBytes("3 1:1 2:2 9:9\n1 4:4\n")];

    // What a source later relies on.
    private static void Check(SparseRows rows)
    {
        Assert.Equal(rows.Indices.Length, rows.Starts[^1]);
        Assert.All(rows.Indices, index => Assert.InRange(index, 0, rows.FeatureCount - 1));
    }

    private static void SplitsWithoutLooking(byte[] bytes)
    {
        foreach (string token in Encoding.UTF8.GetString(bytes).Split(' ').Skip(1))
        {
            _ = token.Split(':')[1];
        }
    }

    private static SparseRows Read(string text) => LibSvmReader.Read(Stream(text), "f", null);

    private static MemoryStream Stream(string text) => new(Encoding.UTF8.GetBytes(text));
}
