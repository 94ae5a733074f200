using System.Xml.Linq;
using Mono.Cecil;

namespace OrleansSgd.Architecture.Tests;

/// <summary>Goal: the tree keeps its shape. Method: rules as pure functions, each shown to catch a planted violation.</summary>
public sealed class DependencyTests
{
    private static readonly string[] ProductFolders = ["src/", "runtime/"];

    public static TheoryData<string> RuledProjects =>
        [.. SourceTree.Projects.Where(project => DependencyRules.Know(Path.GetFileNameWithoutExtension(project)))];

    [Theory]
    [MemberData(nameof(RuledProjects))]
    public void Project_file_references_only_what_it_may(string project) => Assert.Empty(
        DependencyRules.Violations(
            Path.GetFileNameWithoutExtension(project), SourceTree.ReferencesOf(XElement.Parse(SourceTree.Read(project)))
                .Where(reference => reference != "Microsoft.AspNetCore.App"))); // the table speaks of what is used of it

    [Theory]
    [MemberData(nameof(RuledProjects))]
    public void Compiled_project_references_only_what_it_may(string project) => Assert.Empty(
        DependencyRules.Violations(Path.GetFileNameWithoutExtension(project), SourceTree.CompiledReferencesOf(project)));

    [Fact]
    public void Every_project_of_the_product_has_a_rule()
    {
        string[] product =
        [
            .. SourceTree.Projects.Where(project => ProductFolders.Any(folder => project.StartsWith(folder, StringComparison.Ordinal))),
        ];

        Assert.True(product.Length >= 7, $"Only {product.Length} projects were found under {SourceTree.Root}.");
        Assert.All(product, project => Assert.True(
            DependencyRules.Know(Path.GetFileNameWithoutExtension(project)), $"{project} is not in {nameof(DependencyRules)}."));
    }

    [Theory]
    [InlineData("Core", "Orleans.Runtime")]
    [InlineData("Core", "Microsoft.Extensions.Logging.Abstractions")]
    [InlineData("Core", "System.CommandLine")]
    [InlineData("Core", "Models")]
    [InlineData("Models", "Orleans.InProcess")]
    [InlineData("Models", "Data")]
    [InlineData("Data", "Azure.Storage.Blobs")]
    [InlineData("Telemetry", "Orleans.Sdk")]
    [InlineData("Storage", "Orleans.Sdk")]
    [InlineData("Grains", "Storage")]
    [InlineData("Grains", "Microsoft.AspNetCore.Http.Abstractions")]
    [InlineData("Silo", "Client")]
    [InlineData("Orleans.InProcess", "Core")]
    [InlineData("Simulation", "Grains")]
    [InlineData("Core.Tests", "Orleans.TestingHost")]
    public void A_reference_against_the_rules_is_caught(string project, string reference)
    {
        var violation = Assert.Single(DependencyRules.Violations(project, [reference]));

        Assert.StartsWith($"{project} references {reference};", violation, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_kind_of_reference_in_a_project_file_is_seen()
    {
        var project = XElement.Parse("""
            <Project>
              <PropertyGroup><UsesOrleans>Server</UsesOrleans></PropertyGroup>
              <ItemGroup>
                <ProjectReference Include="..\Silo\Silo.csproj" />
                <ProjectReference Include="../Built/Built.csproj" ReferenceOutputAssembly="false" />
                <PackageReference Include="Azure.Core" />
                <FrameworkReference Include="Microsoft.AspNetCore.App" />
              </ItemGroup>
            </Project>
            """);

        Assert.Equal(["Orleans.Server", "Silo", "Azure.Core", "Microsoft.AspNetCore.App"], SourceTree.ReferencesOf(project));
    }

    [Fact]
    public void Compiled_references_are_seen_by_project_name()
    {
        Assert.Contains("Core", SourceTree.CompiledReferencesOf("src/Grains/Grains.csproj"));
        Assert.Contains("Silo", SourceTree.CompiledReferencesOf("src/Client/Client.csproj"));
    }

    [Fact]
    public void Testing_is_the_only_shared_test_code()
    {
        string[] tests = [.. SourceTree.Projects.Where(project => project.StartsWith("tests/", StringComparison.Ordinal))];
        string[] names = [.. tests.Select(project => Path.GetFileNameWithoutExtension(project))];

        Assert.All(tests, project => Assert.Empty(DependencyRules.SharedTests(
            Path.GetFileNameWithoutExtension(project), SourceTree.ReferencesOf(XElement.Parse(SourceTree.Read(project))), names)));
        Assert.Single(DependencyRules.SharedTests("Simulation", ["Core", "Testing", "Core.Tests"], names));
    }

    [Fact]
    public void Core_awaits_nothing()
    {
        using var core = SourceTree.Compiled("src/Core/Core.csproj");
        using var grains = SourceTree.Compiled("src/Grains/Grains.csproj");

        Assert.Empty(Awaiting(core));
        Assert.NotEmpty(Awaiting(grains)); // what the check looks for is there to be found
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = SourceTree.Read("OrleansSgd.sln").Replace('\\', '/');

        Assert.All(SourceTree.Projects, project => Assert.True(
            solution.Contains($"\"{project}\"", StringComparison.Ordinal), $"{project} is not in OrleansSgd.sln, so ./grid test does not build it."));
    }

    [Fact]
    public void No_file_has_a_leftover_a_build_choice_or_a_vague_name()
    {
        string[] texts = [".cs", ".csproj", ".md", ".props", ".py", ".sh", ".sln", ".targets", ".yaml"];
        string[] files = [.. SourceTree.Files.Where(file => file is "grid" or ".ci/run" || texts.Contains(Path.GetExtension(file)))];

        Assert.True(files.Length > 100, $"Only {files.Length} files were read.");
        Assert.Empty(files.SelectMany(file => TextRules.Findings(file, SourceTree.Read(file))));
    }

    [Theory]
    [InlineData("src/Core/A.cs", "x();\n// {0}: later", "TO" + "DO")]
    [InlineData("docs/a.md", "- {0} say more", "FIX" + "ME")]
    [InlineData("tests/B.cs", "throw new {0}();", "NotImplemented" + "Exception")]
    [InlineData("src/Silo/A.cs", "#if {0}", "DEBUG")]
    [InlineData("runtime/X/A.cs", "  # if {0}", "NET10_0")]
    [InlineData("src/Silo/Silo.csproj", "<A Condition=\"'$({0})' == ''\" />", "Grid" + "Runtime")]
    [InlineData("src/Client/A.cs", "var a = \"{0}\";", "Grid" + "Runtime")]
    [InlineData("src/Grains/Jobs/Shard{0}.cs", "", "Manager")]
    [InlineData("tests/Testing/Test{0}.cs", "", "Helpers")]
    [InlineData("src/Core/{0}.cs", "", "MathUtil")]
    public void A_planted_leftover_is_caught(string file, string text, string word) => Assert.Single(
        TextRules.Findings(file.Replace("{0}", word, StringComparison.Ordinal), text.Replace("{0}", word, StringComparison.Ordinal)));

    [Theory]
    [InlineData("src/Core/LeaseTable.cs", "if (todo > 0) { } // a hackneyed word")]
    [InlineData("Directory.Build.targets", "<A Condition=\"'$(GridRuntime)' == 'Orleans'\" />")]
    [InlineData("tests/Core.Tests/A.cs", "#if DEBUG")]
    public void What_only_looks_like_one_is_left_alone(string file, string text) => Assert.Empty(TextRules.Findings(file, text));

    private static IEnumerable<string> Awaiting(ModuleDefinition module) =>
        from type in module.GetTypes()
        where type.Interfaces.Any(one => one.InterfaceType.Name == "IAsyncStateMachine")
        select type.FullName;
}
