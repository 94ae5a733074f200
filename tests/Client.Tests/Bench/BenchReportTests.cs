using OrleansSgd.Client.Bench;
using OrleansSgd.Client.Tests.Pages;

namespace OrleansSgd.Client.Tests.Bench;

/// <summary>Goal: the page, the document and the console tell the same figures, ratios first. Method: read as a reader would.</summary>
public sealed class BenchReportTests
{
    private static readonly MachineFacts Machine = new("Some <CPU> | 3", 2, 8_000_000_000, "Debian", ".NET 10", "inprocess", 0.5, DateTimeOffset.UnixEpoch);
    private static readonly Comparison Compared = Sides.Of("softmax", Sides.Speed, "pytorch-hogwild", "gone");

    private static BenchResult Result { get; } = BenchResult.Of(
        [Compared],
        [new("softmax", Contender.GridName, 1, 1_020_000), new("softmax", "pytorch-hogwild", 1, 723_000)],
        [new("softmax", "gone", "a | <b> is missing.")], Goal.All);

    [Fact]
    public void The_page_is_whole_alone_and_begins_with_the_ratios()
    {
        var page = new PageReader(BenchPage.Of(Result, Machine, ["torch 1.13"]));

        Assert.Equal(["Ratios: how many times as good the grid is", "Goals", "Medians", "Not measured", "Machine"], page.Headings);
        Assert.Empty(page.Foreign);
        Assert.Contains("1.41", page.AllText, StringComparison.Ordinal);
        Assert.Contains("Some <CPU> | 3", page.AllText, StringComparison.Ordinal);
        Assert.Contains("a | <b> is missing.", page.AllText, StringComparison.Ordinal);
        Assert.Contains("torch 1.13", page.AllText, StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_of_the_document_have_as_many_cells_in_each_row()
    {
        string[] lines = BenchDocument.Of(Result, Machine, ["torch 1.13"], "bench --peers").Split('\n');

        int cells = 0;
        foreach (string line in lines)
        {
            int here = line.StartsWith('|') ? line.Replace("\\|", "", StringComparison.Ordinal).Count(one => one == '|') : 0;
            Assert.True(here == 0 || cells == 0 || here == cells, line);
            cells = here;
        }

        Assert.Contains("Written by `./grid bench --peers`.", lines[2], StringComparison.Ordinal);
        Assert.Contains("| what softmax does | pytorch-hogwild | 1.41 | 1.41 to 1.41 | ≥ 1.5 × | missed |", lines);
    }

    [Fact]
    public void The_console_tells_ratio_goal_and_outcome()
    {
        Assert.Equal("softmax: 1.41 × pytorch-hogwild; goal ≥ 1.5 ×: missed", BenchText.Lines(Result).First());
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.00123456, "0.00123")]
    [InlineData(0.954, "0.95")]
    [InlineData(21.26, "21.3")]
    [InlineData(723_123, "723 123")]
    [InlineData(double.NaN, "–")]
    public void Numbers_have_the_digits_that_matter(double value, string shown) => Assert.Equal(shown, BenchTables.Number(value));

    [Fact]
    public void Processor_and_load_are_read_from_the_system()
    {
        Assert.Equal("Intel(R) Xeon(R)", MachineFacts.ModelIn(["processor\t: 0", "model name\t: Intel(R) Xeon(R)"]));
        Assert.Equal(("", 1.5), (MachineFacts.ModelIn([]), MachineFacts.LoadIn(["1.50 2.00 3.00 1/100 5"])));
        Assert.Equal(double.NaN, MachineFacts.LoadIn([]));
        Assert.DoesNotContain(Machine.Rows([]), row => row.Label.StartsWith("A cache line", StringComparison.Ordinal));
        Assert.Contains(
            ("A cache line to another processor and back", "52 ns in the median, 49 to 310; more than twice the median before 1 of 4 runs"),
            (Machine with { RoundTrips = [49, 52, 310, 53] }).Rows([]));
    }
}
