using OrleansSgd.Experiments.Pages;

namespace OrleansSgd.Experiments.Tests.Pages;

/// <summary>Goal: a table that any Markdown reader shows. Method: its text.</summary>
public sealed class MarkdownTableTests
{
    [Fact]
    public void Words_stand_to_the_left_and_numbers_to_the_right()
    {
        var table = new MarkdownTable(" mode", "B");
        table.Add("async", "1.5");
        table.Add("a|b", "2");

        Assert.Equal("| mode | B |\n| --- | ---: |\n| async | 1.5 |\n| a\\|b | 2 |\n", table.ToString());
    }

    [Fact]
    public void A_row_of_another_length_is_refused() =>
        Assert.Throws<ArgumentException>(() => new MarkdownTable("a", "b").Add("1"));
}
