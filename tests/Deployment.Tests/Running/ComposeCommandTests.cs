using OrleansSgd.Testing;

namespace OrleansSgd.Deployment.Tests.Running;

/// <summary>Goal: what the compose file starts, starts, trains and goes in good order. Method: its commands as plain processes against a real Azurite.</summary>
public sealed class ComposeCommandTests : IDisposable
{
    private const string Job = """
        name: composed
        data: {kind: synthetic, shape: gaussian-mixture, sampleCount: 2000, testSampleCount: 200, featureCount: 20, classCount: 3}
        model: {kind: softmax}
        workers: 2
        shards: 2
        epochs: 2
        batch: 32
        rate: 0.05
        """;

    // Starting a runtime takes seconds on a busy machine.
    private static readonly TimeSpan EndMax = TimeSpan.FromMinutes(3);

    private readonly string _folder = Directory.CreateTempSubdirectory("composed-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_commands_of_the_compose_file_make_a_grid_that_trains_a_job_and_stops_when_told()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "var", "lib", "grid", "data"));
        Directory.CreateDirectory(Path.Combine(_folder, "var", "lib", "azurite"));
        string job = Path.Combine(_folder, "job.yaml");
        await File.WriteAllTextAsync(job, Job);
        await using var grid = new ComposedGrid(_folder, await AzuriteService.ProgramAsync());

        // As the file's dependencies have it.
        string[] order = [.. grid.Order];
        Assert.True(Array.IndexOf(order, "setup") < Array.IndexOf(order, "azurite") && Array.IndexOf(order, "azurite") < Array.IndexOf(order, "silo"), string.Join(' ', order));
        ComposedProcess setup = grid.Start("setup");
        Assert.True(await setup.EndAsync(EndMax) == 0, setup.Said);
        await grid.HealthyAsync("azurite", grid.Start("azurite"));

        List<(ComposedProcess Process, Dictionary<string, string> Ports)> silos = [];
        foreach (Dictionary<string, string> ports in Enumerable.Range(0, Runtime.Silos).Select(_ => ComposedGrid.FreePorts()))
        {
            ComposedProcess silo = grid.Start("silo", ports: ports, changed: Runtime.Changed);
            silos.Add((silo, ports));
            await grid.HealthyAsync("silo", silo, ports, Runtime.Changed);
        }

        ComposedProcess client = grid.Start("client", ["submit", job, "--watch"], changed: Runtime.ClientOf(silos[0].Ports));
        Assert.True(await client.EndAsync(EndMax) == 0, $"{client.Said}\n{silos[0].Process.Said}");
        Assert.Contains("epoch 2", client.Said, StringComparison.Ordinal);

        foreach ((ComposedProcess silo, _) in silos)
        {
            await silo.TerminateAsync();
            Assert.True(await silo.EndAsync(EndMax) == 0, silo.Said);
        }
    }
}
