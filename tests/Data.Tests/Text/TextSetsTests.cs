using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Data.Text;
using OrleansSgd.Testing;

namespace OrleansSgd.Data.Tests.Text;

public class TextSetsTests
{
    private static readonly DataPlan Plan = new() { Kind = "text", Path = "t", Length = 3 };

    [Fact]
    public void Windows_follow_one_another_and_end_in_their_label()
    {
        using TempFolder folder = new TempFolder().Text("t", "badcabbage!");

        DataSets sets = DataCatalog.Open(Plan, folder.Path);

        // ! a b c d e g are 0 to 6; the window from 9 on would run past the end.
        Assert.Equal(["!", "a", "b", "c", "d", "e", "g"], sets.ClassNames);
        Assert.Equal((3, 4, 7), (sets.Train.Count, sets.Train.FeatureCount, sets.Train.ClassCount));
        Assert.Equal([4], sets.Train.Shape);
        Assert.Equal([2, 1, 4, 3, /**/ 3, 1, 2, 2, /**/ 2, 1, 6, 5], Samples.Dense(sets.Train, 0, 1, 2));
        Assert.Equal([3, 2, 5], Samples.Labels(sets.Train));
        Assert.Null(sets.Test);
    }

    [Fact]
    public void Every_window_is_the_text_from_its_place_on() =>
        Prop.ForAll(
            Gen.Choose(5, 200).ToArbitrary(), Gen.Choose(1, 4).ToArbitrary(), Gen.Choose(1, 7).ToArbitrary(),
            (size, length, stride) =>
            {
                string text = string.Concat(Enumerable.Range(0, size).Select(i => (char)('a' + (i * i % 11))));
                using TempFolder folder = new TempFolder().Text("t", text);
                DataSets sets = DataCatalog.Open(Plan with { Length = length, Stride = stride }, folder.Path);

                Assert.Equal(1 + ((size - length - 1) / stride), sets.Train.Count);
                for (int row = 0; row < sets.Train.Count; row++)
                {
                    string window = string.Concat(Samples.Dense(sets.Train, row).Select(token => sets.ClassNames![(int)token]));
                    Assert.Equal(text.Substring(row * stride, length + 1), window);
                }
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_end_of_the_text_is_for_testing_and_shares_no_character_with_training()
    {
        using TempFolder folder = new TempFolder().Text("t", "aaaaaaaaaabbbbbbbbbb");

        DataSets sets = DataCatalog.Open(Plan with { TestShare = 0.5, Stride = 1 }, folder.Path);

        Assert.Equal((7, 7), (sets.Train.Count, sets.Test!.Count));
        Assert.All(Samples.Dense(sets.Train, Samples.All(sets.Train)), token => Assert.Equal(0, token));
        Assert.All(Samples.Dense(sets.Test, Samples.All(sets.Test)), token => Assert.Equal(1, token));
        Assert.Equal((2, 2), (sets.Train.ClassCount, sets.Test.ClassCount));
    }

    [Fact]
    public void Characters_beyond_ascii_are_one_token_each_and_a_byte_order_mark_is_none()
    {
        using var folder = new TempFolder();
        folder.Bytes("t", [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes("é—𝄞aé")]);

        DataSets sets = DataCatalog.Open(Plan with { Length = 4 }, folder.Path);

        Assert.Equal(["a", "é", "—", "𝄞"], sets.ClassNames);
        Assert.Equal([1, 2, 3, 0, 1], Samples.Dense(sets.Train, 0));
    }

    [Fact]
    public void Gzip_gives_the_same_samples()
    {
        using var folder = new TempFolder();
        folder.Text("t", "to be or not to be").Bytes("z", TempFolder.Gzip("to be or not to be"u8.ToArray()));

        DataSets plain = DataCatalog.Open(Plan, folder.Path);
        DataSets zipped = DataCatalog.Open(Plan with { Path = "z" }, folder.Path);

        Assert.Equal(Samples.Dense(plain.Train, Samples.All(plain.Train)), Samples.Dense(zipped.Train, Samples.All(zipped.Train)));
    }

    [Theory]
    [InlineData("", "has 0 characters, 0 of them distinct; a text to learn from has 2 or more. Check the path.")]
    [InlineData("zzzz", "has 4 characters, 1 of them distinct; a text to learn from has 2 or more. Check the path.")]
    [InlineData("abc", "has 3 characters for training, but one sample takes length + 1 = 4. Use a longer text, a smaller length.")]
    public void A_text_to_learn_nothing_from_is_refused(string text, string expected)
    {
        using TempFolder folder = new TempFolder().Text("t", text);

        var error = Assert.Throws<InvalidDataException>(() => DataCatalog.Open(Plan, folder.Path));

        Assert.Equal($"{folder["t"]} {expected}", error.Message);
    }

    [Fact]
    public void A_test_share_below_one_sample_is_refused()
    {
        using TempFolder folder = new TempFolder().Text("t", "abcdefghij");

        var error = Assert.Throws<InvalidDataException>(() => DataCatalog.Open(Plan with { TestShare = 0.1 }, folder.Path));

        Assert.EndsWith(
            "has 1 characters for testing, but one sample takes length + 1 = 4. Use a longer text, a smaller length or another testShare.",
            error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_refused_with_their_place()
    {
        using var folder = new TempFolder();
        folder.Bytes("t", [(byte)'a', (byte)'b', 0xE9, (byte)'c']);

        var error = Assert.Throws<InvalidDataException>(() => DataCatalog.Open(Plan, folder.Path));

        Assert.StartsWith($"{folder["t"]} is not UTF-8 at byte 2 (0xE9).", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_the_bytes_are_they_are_read_or_refused() =>
        DecoderTrial.Run(
            ["Call me Ishmael."u8.ToArray(), "é—𝄞 and more of it"u8.ToArray()], _ => { },
            bytes => TextTokens.Read(new MemoryStream(bytes), "f"), seed: 20_006);

    [Fact]
    public void A_text_that_can_be_fetched_says_how()
    {
        using var folder = new TempFolder();

        var error = Assert.Throws<FileNotFoundException>(() => DataCatalog.Open(Plan with { Path = "moby-dick/data.txt" }, folder.Path));

        Assert.EndsWith("does not exist. Bring it with: grid data fetch moby-dick", error.Message, StringComparison.Ordinal);
    }
}
