using OrleansSgd.Data.Fetch;

namespace OrleansSgd.Data.Tests.Fetch;

public class PublicSetTests
{
    [Fact]
    public void Every_set_has_a_recipe_whose_files_have_sizes_and_checksums()
    {
        using var http = new HttpClient();

        foreach (PublicSet set in PublicSet.All)
        {
            FetchRecipe recipe = FetchRecipe.Of(set, http);
            Assert.Equal(set.Name, recipe.Name);
            Assert.Equal(set.Size, recipe.Files.Sum(file => file.Size));
            Assert.All(recipe.Files, file => Assert.Matches("^[0-9a-f]{32}$", file.Md5));
            Assert.NotEmpty(recipe.Origins);
        }
    }

    [Theory]
    [InlineData("mnist", null, "mnist")]
    [InlineData("cifar10", null, "cifar10")]
    [InlineData("text", "moby-dick/data.txt", "moby-dick")]
    [InlineData("text", "letters.txt", null)]
    [InlineData("csv", "moby-dick/data.txt", null)]
    public void A_plan_names_the_set_it_reads(string kind, string? path, string? expected) =>
        Assert.Equal(expected, PublicSet.Of(new DataPlan { Kind = kind, Path = path })?.Name);

    [Fact]
    public void A_set_is_here_when_each_file_is_plain_or_packed()
    {
        using var folder = new TempFolder();
        PublicSet set = PublicSet.Find("mnist")!;
        Assert.False(set.IsIn(folder.Path));

        folder.Bytes("mnist/train-images-idx3-ubyte", []).Bytes("mnist/train-labels-idx1-ubyte", [])
            .Bytes("mnist/t10k-images-idx3-ubyte.gz", []);
        Assert.False(set.IsIn(folder.Path));

        folder.Bytes("mnist/t10k-labels-idx1-ubyte.gz", []);
        Assert.True(set.IsIn(folder.Path));
    }
}
