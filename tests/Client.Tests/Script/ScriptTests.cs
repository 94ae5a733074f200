using OrleansSgd.Testing;

namespace OrleansSgd.Client.Tests.Script;

/// <summary>The script ./grid as a process, as far as nothing must be built or fetched for it.</summary>
public sealed class ScriptTests
{
    private static readonly string Script = RepositoryRoot.PathOf("grid");

    [Fact]
    public async Task Without_dotnet_it_says_what_to_install()
    {
        using var folder = new TempFolder();

        GridRun run = await GridRun.StartAsync("/bin/bash", new Dictionary<string, string?> { ["PATH"] = folder.Path }, folder.Path, [Script, "train"]);

        Assert.Equal((2, ""), (run.ExitCode, run.Out));
        Assert.StartsWith("grid: .NET is not installed", Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Contains("dotnet-sdk-10.0", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_older_dotnet_is_refused_before_anything_is_built()
    {
        using var folder = new TempFolder();
        using Checkout checkout = Checkout.Create(folder, sdk: "8.0.404");

        GridRun run = await checkout.RunAsync("version", "--runtime", "inprocess");

        Assert.Equal((2, ""), (run.ExitCode, run.Out));
        Assert.Contains(".NET 10 is needed, but 'dotnet' has 8.0.404 only.", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("build", checkout.Calls(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("the runtime is 'k8s'; use orleans or inprocess.", "train", "--runtime", "k8s")]
    [InlineData("--feed needs a value.", "test", "--feed")]
    [InlineData("is no folder", "test", "--feed", "/nowhere/at/all")]
    [InlineData("the Orleans version is '10;x'", "test", "--orleans-version", "10;x")]
    public async Task A_wrong_option_is_refused(string error, params string[] args)
    {
        using var folder = new TempFolder();

        GridRun run = await GridRun.StartAsync("/bin/bash", new Dictionary<string, string?>(), folder.Path, [Script, .. args]);

        Assert.Equal((2, ""), (run.ExitCode, run.Out));
        Assert.Contains(error, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bench_builds_what_it_measures_too_but_its_help_does_not()
    {
        using var folder = new TempFolder();
        using Checkout checkout = Checkout.Create(folder, sdk: "10.0.100");

        await checkout.RunAsync("bench", "--help", "--runtime", "inprocess");
        string before = checkout.Calls();
        GridRun run = await checkout.RunAsync("bench", "--quick", "--only", "push-pull", "--runtime", "inprocess");

        Assert.DoesNotContain("benchmarks/Training", before, StringComparison.Ordinal);
        Assert.Contains("build benchmarks/Training/Training.csproj", checkout.Calls(), StringComparison.Ordinal);
        Assert.Contains("ran <bench> <--quick> <--only> <push-pull>", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_builds_once_and_again_only_when_a_source_is_newer()
    {
        using var folder = new TempFolder();
        using Checkout checkout = Checkout.Create(folder, sdk: "10.0.100");

        GridRun first = await checkout.RunAsync("train", "--runtime", "inprocess", "a b", "--json");
        GridRun second = await checkout.RunAsync("version", "--runtime", "inprocess");
        checkout.Touch("src/Client/Program.cs");
        GridRun third = await checkout.RunAsync("version", "--runtime", "inprocess");

        Assert.Equal((0, 0, 0), (first.ExitCode, second.ExitCode, third.ExitCode));
        Assert.Equal(2, checkout.Calls().Split("build ").Length - 1);
        Assert.Contains("-p:GridRuntime=InProcess", checkout.Calls(), StringComparison.Ordinal);
        Assert.Contains("grid: building Client (Release).", first.Error, StringComparison.Ordinal);
        Assert.Equal("", second.Error);
        // The program's own arguments arrive as they were typed, and standard output is the program's alone.
        Assert.Equal("ran <train> <a b> <--json>\n", first.Out);
    }

    [Fact]
    public async Task The_runtime_is_the_built_in_one_unless_told_whatever_the_feed_has()
    {
        using var folder = new TempFolder();
        using Checkout checkout = Checkout.Create(folder, sdk: "10.0.100");

        GridRun first = await checkout.RunAsync("version");
        GridRun second = await checkout.RunAsync("version");

        Assert.Equal((0, 0), (first.ExitCode, second.ExitCode));
        Assert.Contains("using the built-in in-process runtime: --runtime orleans takes the real Microsoft.Orleans.", first.Error, StringComparison.Ordinal);
        Assert.Equal("", second.Error);
        Assert.DoesNotContain("restore ", checkout.Calls(), StringComparison.Ordinal);
        Assert.Contains("-p:GridRuntime=InProcess", checkout.Calls(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_build_that_fails_shows_its_errors_and_is_tried_again()
    {
        using var folder = new TempFolder();
        using Checkout checkout = Checkout.Create(folder, sdk: "10.0.100");
        checkout.Touch("broken");

        GridRun first = await checkout.RunAsync("version", "--runtime", "inprocess");
        File.Delete(checkout.PathOf("broken"));
        GridRun second = await checkout.RunAsync("version", "--runtime", "inprocess");

        Assert.Equal((4, 0), (first.ExitCode, second.ExitCode));
        Assert.Contains("error CS0000: planted", first.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_works_through_a_link_from_another_folder()
    {
        using var folder = new TempFolder();
        using Checkout checkout = Checkout.Create(folder, sdk: "10.0.100");
        File.CreateSymbolicLink(folder["link"], "checkout/grid");

        GridRun run = await checkout.RunAsync(folder["link"], "version", "--runtime=inprocess");

        Assert.Equal((0, "ran <version>\n"), (run.ExitCode, run.Out));
    }

    [Theory]
    [InlineData("passes", 0, "3 passed, 0 failed, 1 skipped")]
    [InlineData("fails", 1, "2 passed, 1 failed, 1 skipped")]
    [InlineData("crashes", 1, "0 passed, 1 failed")]
    [InlineData("empty", 1, "0 passed, 0 failed")]
    public async Task The_suite_ends_with_its_counts_and_is_red_when_it_proved_nothing(string behaviour, int exitCode, string lastLine)
    {
        using var folder = new TempFolder();
        using Checkout checkout = Checkout.Create(folder, sdk: "10.0.100");
        checkout.Touch(behaviour);

        GridRun run = await checkout.RunAsync("test", "--runtime", "inprocess", "--filter", "Name~x");

        Assert.Equal((exitCode, lastLine), (run.ExitCode, run.Lines[^1]));
        Assert.Contains("--filter Name~x", checkout.Calls(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_feed_and_a_version_reach_the_build_of_the_tests()
    {
        using var folder = new TempFolder();
        using Checkout checkout = Checkout.Create(folder, sdk: "10.0.100");
        Directory.CreateDirectory(folder["feed"]);
        folder.Text("feed/nuget.config", "<configuration/>");

        GridRun run = await checkout.RunAsync("test", "--runtime", "orleans", "--feed", folder["feed"], "--orleans-version", "10.4.2");

        Assert.Contains("0 passed, 1 failed", run.Out, StringComparison.Ordinal);
        Assert.All(
            ["-p:GridRuntime=Orleans", "-p:OrleansVersion=10.4.2", $"-p:RestoreAdditionalProjectSources={folder["feed"]}", $"-p:RestoreConfigFile={folder["feed"]}/nuget.config"],
            option => Assert.Contains(option, checkout.Calls(), StringComparison.Ordinal));
    }
}
