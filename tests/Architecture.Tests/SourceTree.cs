using System.Reflection;
using System.Xml.Linq;
using Mono.Cecil;

namespace OrleansSgd.Architecture.Tests;

/// <summary>The checkout that these tests were built from: its files, its projects, and what was built of them.</summary>
internal static class SourceTree
{
    private static readonly string[] Made = ["bin", "obj", "artifacts", "TestResults", "node_modules"];
    private static readonly string[] MadeAtRoot = ["data", "runs"];
    private static readonly string FrameworkFolder = Path.GetDirectoryName(typeof(object).Assembly.Location)!;

    /// <summary>Ends with a separator.</summary>
    public static string Root { get; } = Setting("RepositoryRoot");

    /// <summary>Every file that is ours, by its path from the root with forward slashes, sorted.</summary>
    public static string[] Files { get; } = [.. FilesUnder(Root).Order(StringComparer.Ordinal)];

    /// <summary>Every project, by its path from the root.</summary>
    public static IEnumerable<string> Projects => Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal));

    /// <summary>The file's text.</summary>
    public static string Read(string file) => File.ReadAllText(Root + file);

    /// <summary>What the project file asks for: projects by name, packages, frameworks, and Orleans.</summary>
    public static IEnumerable<string> ReferencesOf(XElement project)
    {
        foreach (var element in project.Descendants())
        {
            var include = element.Attribute("Include")?.Value ?? "";
            switch (element.Name.LocalName)
            {
                // Built before the others, but nothing of it is referenced.
                case "ProjectReference" when element.Attribute("ReferenceOutputAssembly")?.Value == "false":
                    break;
                case "ProjectReference":
                    yield return Path.GetFileNameWithoutExtension(include.Replace('\\', '/'));
                    break;
                case "PackageReference" or "FrameworkReference" or "Reference":
                    yield return include;
                    break;
                case "UsesOrleans":
                    yield return $"Orleans.{element.Value}";
                    break;
            }
        }
    }

    /// <summary>What the compiled project refers to, other than the base framework; projects by their names.</summary>
    /// <exception cref="FileNotFoundException">It has not been built.</exception>
    public static string[] CompiledReferencesOf(string project)
    {
        using var module = Compiled(project);
        return
        [
            .. module.AssemblyReferences.Select(reference => reference.Name)
                .Where(name => !File.Exists(Path.Combine(FrameworkFolder, name + ".dll")))
                .Select(ProjectName),
        ];
    }

    /// <summary>The compiled project.</summary>
    /// <exception cref="FileNotFoundException">It has not been built.</exception>
    public static ModuleDefinition Compiled(string project)
    {
        var name = Path.GetFileNameWithoutExtension(project);
        var assembly = XElement.Parse(Read(project)).Descendants("AssemblyName").FirstOrDefault()?.Value ?? $"OrleansSgd.{name}";
        return ModuleDefinition.ReadModule(OutputOf(name, assembly + ".dll"));
    }

    /// <summary>A file of a project's output, for the runtime and configuration of these tests.</summary>
    /// <exception cref="FileNotFoundException">It has not been built.</exception>
    public static string OutputOf(string project, string file)
    {
        var own = Path.GetDirectoryName(Setting("StandIn"))!;
        var path = Path.GetFullPath(Path.Combine(own, "..", "..", project, Path.GetFileName(own), file));
        return File.Exists(path)
            ? path
            : throw new FileNotFoundException(
                $"{path} is missing, so nothing is shown about {project}. Build the whole solution first; ./grid test does.");
    }

    private static string ProjectName(string assembly) => assembly switch
    {
        "grid" => "Client",
        _ when assembly.StartsWith("OrleansSgd.", StringComparison.Ordinal) => assembly["OrleansSgd.".Length..],
        _ => assembly,
    };

    private static IEnumerable<string> FilesUnder(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder))
        {
            yield return Path.GetRelativePath(Root, file).Replace('\\', '/');
        }

        foreach (var below in Directory.EnumerateDirectories(folder))
        {
            var name = Path.GetFileName(below);
            var isMade = Made.Contains(name) || (MadeAtRoot.Contains(name) && below == Root + name);
            if (!isMade && (name == ".ci" || !name.StartsWith('.')))
            {
                foreach (var file in FilesUnder(below))
                {
                    yield return file;
                }
            }
        }
    }

    private static string Setting(string key) => typeof(SourceTree).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
