using System.Text;
using OrleansSgd.Data.Csv;
using OrleansSgd.Testing;
using Xunit.Sdk;

namespace OrleansSgd.Data.Tests.Csv;

public class CsvTableReaderTests
{
    private const string Whole = "size, weight ,kind\r\n1,2.5,0\r\n\r\n\"3\",-4e-1,1\r\n";

    private static readonly CsvLayout Default = new(HasHeader: true, LabelColumn: null, ",", LabelsAreWords: false);

    [Fact]
    public void Numbers_are_read_row_by_row_with_the_label_last()
    {
        CsvTable table = Read(Whole, Default);

        Assert.Equal([1, 2.5f, 3, -0.4f], table.Features);
        Assert.Equal([0, 1], table.Labels.Labels);
        Assert.Equal([2, 4], table.Labels.Lines);
        Assert.Equal(["size", "weight"], table.FeatureNames!);
    }

    [Theory]
    [InlineData("weight")]
    [InlineData("1")]
    public void The_label_column_is_found_by_name_or_by_index_from_0(string column)
    {
        CsvTable table = Read(Whole, Default with { LabelColumn = column });

        Assert.Equal([2.5f, -0.4f], table.Labels.Labels);
        Assert.Equal([1, 0, 3, 1], table.Features);
    }

    [Fact]
    public void Without_a_header_the_first_line_is_a_row() =>
        Assert.Equal([1, 3], Read("1;2\n3;4", new(false, null, ";", false)).Features);

    [Fact]
    public void A_row_limit_stops_before_what_follows() =>
        Assert.Equal(1, CsvTableReader.Read(Stream("a,b\n1,2\nnot,read"), "f", Default, rowsMax: 1).FeatureCount);

    [Theory]
    [InlineData("", "f is empty; a data file needs at least one row.")]
    [InlineData("a,b\n", "f has a header but no rows; a data file needs at least one.")]
    [InlineData("a\n1", "f line 1 has 1 column; a table needs a label and at least one feature. The delimiter is \",\"; is it another one?")]
    [InlineData("a,b\n1,2\n1,2,3", "f line 3 has 3 columns, but the first line has 2.")]
    [InlineData("a,b\n1,2\n1", "f line 3 has 1 columns, but the first line has 2.")]
    [InlineData("a,b\n1,2\nx,2", "f line 3, column 1 (a): is \"x\", not a finite 32-bit number.")]
    [InlineData("a,b\n,2", "f line 2, column 1 (a): is empty; a number is needed.")]
    [InlineData("a,b\nNaN,2", "f line 2, column 1 (a): is \"NaN\", not a finite 32-bit number.")]
    [InlineData("a,b\n1e39,2", "f line 2, column 1 (a): is \"1e39\", not a finite 32-bit number.")]
    [InlineData("a,b\n1,cat", "f line 2, column 2 (b): is \"cat\", not a finite 32-bit number. For words as labels set labels: names.")]
    [InlineData("a,b\n1,\"2", "f line 2 is not CSV: a quote stands inside a field, or is never closed. Double each quote inside a quoted field.")]
    public void A_broken_rule_is_named_with_line_and_column(string text, string message) =>
        Assert.Equal(message, Assert.Throws<InvalidDataException>(() => Read(text, Default)).Message);

    [Fact]
    public void A_missing_label_column_lists_the_columns_there_are()
    {
        Assert.Equal(
            "f has no label column \"price\"; its columns are size, weight, kind (or an index, 0 to 2).",
            Assert.Throws<InvalidDataException>(() => Read(Whole, Default with { LabelColumn = "price" })).Message);
        Assert.Equal(
            "f has no label column \"2\"; without a header, labelColumn is an index, 0 to 1.",
            Assert.Throws<InvalidDataException>(() => Read("1,2", new(false, "2", ",", false))).Message);
        Assert.Equal(
            "f line 1 names two columns \"a\"; give labelColumn as an index from 0.",
            Assert.Throws<InvalidDataException>(() => Read("a,a\n1,2", Default with { LabelColumn = "a" })).Message);
    }

    [Fact]
    public void Any_bytes_are_read_or_refused() =>
        DecoderTrial.Run(Inputs, TextTrial.MakeCsv, bytes => Check(CsvTableReader.Read(new MemoryStream(bytes), "f", Default)), seed: 20_003);

    [Fact]
    public void The_trial_catches_a_reader_that_trusts_every_row_to_be_as_long_as_the_first() =>
        Assert.Throws<FailException>(() => DecoderTrial.Run(["a,b,c\n1,2,3\n"u8.ToArray()], TextTrial.MakeCsv, TrustsRows, seed: 20_003));

    private static byte[][] Inputs => [Encoding.UTF8.GetBytes(Whole), Encoding.UTF8.GetBytes("a,b,c\n1,2,3\n4,\"5\",6\n7,8,9\n")];

    // What a source later relies on.
    private static void Check(CsvTable table)
    {
        Assert.Equal(table.Labels.Labels.Length * table.FeatureCount, table.Features.Length);
        Assert.DoesNotContain(table.Features, value => !float.IsFinite(value));
    }

    private static void TrustsRows(byte[] bytes)
    {
        string[] lines = Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (string line in lines)
        {
            _ = line.Split(',')[lines[0].Count(c => c == ',')];
        }
    }

    private static CsvTable Read(string text, CsvLayout layout) => CsvTableReader.Read(Stream(text), "f", layout);

    private static MemoryStream Stream(string text) => new(Encoding.UTF8.GetBytes(text));
}
