using OrleansSgd.Deployment.Tests.Texts;
using OrleansSgd.Testing;

namespace OrleansSgd.Deployment.Tests.Running;

/// <summary>
/// Goal: what the compose file starts, starts, trains and goes in good order. Method: its commands as plain processes against a real Azurite.
/// </summary>
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
        await using ComposedGrid grid = await StorageAsync();
        List<RunningSilo> silos = await SilosAsync(grid, Runtime.Changed);

        ComposedProcess client = grid.Start("client", ["submit", await JobAsync(Job), "--watch"], changed: Runtime.ClientOf(silos[0].Ports));
        Assert.True(await client.EndAsync(EndMax) == 0, $"{client.Said}\n{silos[0].Process.Said}");
        Assert.Contains("epoch 2", client.Said, StringComparison.Ordinal);

        foreach (RunningSilo silo in silos)
        {
            await silo.Process.TerminateAsync();
            Assert.True(await silo.Process.EndAsync(EndMax) == 0, silo.Process.Said);
        }
    }

    [Fact]
    public async Task A_silo_that_is_killed_while_it_trains_is_started_again_and_the_job_ends_well()
    {
        await using ComposedGrid grid = await StorageAsync();
        Dictionary<string, string> changed = new(Runtime.Changed) { ["GRID_CHECKPOINT"] = "1" };
        List<RunningSilo> silos = await SilosAsync(grid, changed);

        // Epochs long enough that each is evaluated before the next is over, and enough of them to outlive the kill.
        string job = await JobAsync(Checkout.Plant(Checkout.Plant(Job, "sampleCount: 2000", "sampleCount: 100000"), "epochs: 2", "epochs: 40"));

        ComposedProcess client = grid.Start("client", ["submit", job, "--watch"], changed: Runtime.ClientOf(silos[0].Ports));
        await client.SaysAsync("epoch 3 done", EndMax);
        await silos[0].Process.KillAsync();
        Assert.False(client.HasEnded, $"The job was over before the silo could be killed, so nothing is shown: {client.Said}");

        // As restart: unless-stopped does it: the same command, the same settings.
        ComposedProcess again = grid.Start("silo", ports: silos[0].Ports, changed: changed);
        Assert.True(await client.EndAsync(EndMax) == 0, $"{client.Said}\n{again.Said}");
        Assert.Contains("epoch 40 done", client.Said, StringComparison.Ordinal);
    }

    // As the file's dependencies have it: secrets, then storage, then silos.
    private async Task<ComposedGrid> StorageAsync()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "var", "lib", "grid", "data"));
        Directory.CreateDirectory(Path.Combine(_folder, "var", "lib", "azurite"));
        var grid = new ComposedGrid(_folder, await AzuriteService.ProgramAsync());
        try
        {
            string[] order = [.. grid.Order];
            Assert.Equal(["setup", "azurite", "silo"], order.Where(service => service is "setup" or "azurite" or "silo"));
            ComposedProcess setup = grid.Start("setup");
            Assert.True(await setup.EndAsync(EndMax) == 0, setup.Said);
            await grid.HealthyAsync("azurite", grid.Start("azurite"));
            return grid;
        }
        catch
        {
            await grid.DisposeAsync();
            throw;
        }
    }

    private static async Task<List<RunningSilo>> SilosAsync(ComposedGrid grid, Dictionary<string, string> changed)
    {
        List<RunningSilo> silos = [];
        foreach (Dictionary<string, string> ports in Enumerable.Range(0, Runtime.Silos).Select(_ => ComposedGrid.SiloPorts()))
        {
            ComposedProcess silo = grid.Start("silo", ports: ports, changed: changed);
            silos.Add(new(silo, ports));
            await grid.HealthyAsync("silo", silo, ports, changed);
        }

        return silos;
    }

    private async Task<string> JobAsync(string text)
    {
        string path = Path.Combine(_folder, "job.yaml");
        await File.WriteAllTextAsync(path, text);
        return path;
    }

    private sealed record RunningSilo(ComposedProcess Process, Dictionary<string, string> Ports);
}
