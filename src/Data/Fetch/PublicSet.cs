using OrleansSgd.Data.Cifar10;
using OrleansSgd.Data.Idx;

namespace OrleansSgd.Data.Fetch;

/// <summary>One public data set that can be fetched.</summary>
/// <param name="Name">The word after <c>data fetch</c>, and the folder under the data folder.</param>
/// <param name="Title">As people call it.</param>
/// <param name="Meaning">What it is, whose it is, and how a job names it.</param>
/// <param name="Size">Bytes of its files.</param>
public sealed record PublicSet(string Name, string Title, string Meaning, long Size)
{
    private IReadOnlyList<FetchFile> Files { get; init; } = [];

    /// <summary>Every set, in the order they are listed.</summary>
    public static IReadOnlyList<PublicSet> All { get; } =
    [
        Of(MnistFiles.Folder, "MNIST", "70000 handwritten digits (LeCun, Cortes, Burges); data: {kind: mnist}", MnistRecipe.Files),
        Of(Cifar10Files.Folder, "CIFAR-10", "60000 small photographs (Krizhevsky 2009); data: {kind: cifar10}", Cifar10Recipe.Files),
        Of(
            MobyDickRecipe.Folder, "Moby Dick", "the novel (Melville 1851, public domain); data: {kind: text, path: moby-dick/data.txt}",
            MobyDickRecipe.Files),
    ];

    /// <summary>The set called so, or null.</summary>
    public static PublicSet? Find(string name)
    {
        foreach (PublicSet set in All)
        {
            if (set.Name == name)
            {
                return set;
            }
        }

        return null;
    }

    /// <summary>The set whose files a plan reads; null when it reads others or none.</summary>
    public static PublicSet? Of(DataPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return plan.Kind switch
        {
            DataKinds.Mnist or DataKinds.Cifar10 => Find(plan.Kind),
            DataKinds.Text => All.FirstOrDefault(set => set.Files.Any(file => plan.Path == $"{set.Name}/{file.Name}")),
            _ => null,
        };
    }

    /// <summary>Whether every file is there, plain or as <c>.gz</c>; their contents are not looked at.</summary>
    public bool IsIn(string dataFolder) => Files.All(file =>
    {
        string path = Path.Combine(dataFolder, Name, file.Name);
        return File.Exists(path) || File.Exists(path + ".gz");
    });

    private static PublicSet Of(string name, string title, string meaning, IReadOnlyList<FetchFile> files) =>
        new(name, title, meaning, files.Sum(file => file.Size)) { Files = files };
}
