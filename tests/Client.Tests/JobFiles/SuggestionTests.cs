using OrleansSgd.Client.JobFiles;

namespace OrleansSgd.Client.Tests.JobFiles;

public sealed class SuggestionTests
{
    [Theory]
    [InlineData("sampelCount", "sampleCount")]
    [InlineData("wokers", "workers")]
    [InlineData("Batch", "batch")]
    [InlineData("ebochs", "epochs")]
    public void A_near_word_is_suggested(string word, string meant) =>
        Assert.Equal(meant, Suggestion.For(word, ["workers", "batch", "epochs", "sampleCount"]));

    [Theory]
    [InlineData("x")]
    [InlineData("learningRate")]
    [InlineData("")]
    public void A_far_word_is_not(string word) =>
        Assert.Null(Suggestion.For(word, ["workers", "batch", "epochs", "sampleCount"]));

    [Theory]
    [InlineData("", "abc", 3)]
    [InlineData("abc", "abc", 0)]
    [InlineData("abc", "acb", 1)]
    [InlineData("abc", "abd", 1)]
    [InlineData("abc", "ab", 1)]
    public void Edits_are_counted(string a, string b, int edits) => Assert.Equal(edits, Suggestion.Edits(a, b));
}
