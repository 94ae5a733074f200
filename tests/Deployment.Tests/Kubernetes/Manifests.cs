using OrleansSgd.Deployment.Tests.Texts;

namespace OrleansSgd.Deployment.Tests.Kubernetes;

/// <summary>The manifests of a folder, and the folders it is built on.</summary>
/// <param name="Files">Text of each file, by its name.</param>
/// <param name="Base">The manifests that these change; null for none.</param>
internal sealed record Manifests(IReadOnlyDictionary<string, string> Files, Manifests? Base)
{
    /// <summary>The folder's own Kustomization.</summary>
    public const string Kustomization = "kustomization.yaml";

    /// <summary>Reads a folder of the checkout.</summary>
    public static Manifests Load(string folder, Manifests? from = null) =>
        new(Checkout.FilesOf(folder).ToDictionary(file => Path.GetFileName(file), Checkout.Read), from);

    /// <summary>Every manifest of these files, with its file.</summary>
    public IEnumerable<(string File, Node Manifest)> Own =>
        Files.SelectMany(file => Node.ReadAll(file.Value).Select(manifest => (file.Key, manifest)));

    /// <summary>Every manifest, those of the base first.</summary>
    public IEnumerable<Node> All => (Base?.All ?? []).Concat(Own.Select(own => own.Manifest));

    /// <summary>The manifests of a kind.</summary>
    public IEnumerable<Node> Of(string kind) => All.Where(manifest => manifest.TextOf("kind") == kind);

    /// <summary>The same with one part of one file replaced.</summary>
    public Manifests Plant(string file, string old, string planted) =>
        this with { Files = Files.ToDictionary(one => one.Key, one => one.Key == file ? Checkout.Plant(one.Value, old, planted) : one.Value) };
}
