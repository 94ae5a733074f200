using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using OrleansSgd.Testing;

namespace OrleansSgd.Benchmarks.Watching;

/// <summary>A <c>grid silo</c> with one endless job, in a process and on ports of its own.</summary>
internal sealed class GridProcess : IAsyncDisposable
{
    // One of the sizes that people begin with: 203 530 parameters, some 20 evaluations a minute on two cores.
    private const string Job = """
        name: watched
        data:
          kind: synthetic
          shape: gaussian-mixture
          sampleCount: 60000
          testSampleCount: 2000
          featureCount: 784
          classCount: 10
          seed: 7
        model:
          kind: mlp
          hidden: [256]
        workers: 2
        shards: 2
        batch: 64
        epochs: 1000000
        rate: 0.01
        """;

    private static readonly TimeSpan ReadyMax = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly string _folder;

    private GridProcess(Process process, string folder, int gateway, int web) =>
        (_process, _folder, Gateway, Web) = (process, folder, new IPEndPoint(IPAddress.Loopback, gateway), new IPEndPoint(IPAddress.Loopback, web));

    /// <summary>Where it answers clients.</summary>
    public IPEndPoint Gateway { get; }

    /// <summary>Where its pages are.</summary>
    public IPEndPoint Web { get; }

    /// <summary>Processor time that it has used, all threads together.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <param name="program">Path of grid.dll.</param>
    public static async Task<GridProcess> StartAsync(string program)
    {
        string folder = Directory.CreateTempSubdirectory("grid-watching-").FullName;
        string secrets = Path.Combine(folder, "secrets");
        string job = Path.Combine(folder, "job.yaml");
        await File.WriteAllTextAsync(job, Job);
        int[] ports = FreePorts.Of(2);
        string gateway = ports[0].ToString(CultureInfo.InvariantCulture);
        string web = $"127.0.0.1:{ports[1].ToString(CultureInfo.InvariantCulture)}";

        // Our own client finds the secret by the same variable.
        Environment.SetEnvironmentVariable("ORLEANS_INPROCESS_SECRETS", secrets);
        Process process = Process.Start(new ProcessStartInfo(
            "dotnet",
            [
                program, "silo", "--json", "--store", Path.Combine(folder, "store"), "--out", Path.Combine(folder, "runs"), "--no-trace",
                "--gateway-port", gateway, "--http", web, "--job", job,
            ])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = folder,
        })!;
        using var patience = new CancellationTokenSource(ReadyMax);
        while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            if (JsonDocument.Parse(line).RootElement.GetProperty("event").GetString() == "ready")
            {
                _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None); // a full pipe would stop it
                return new GridProcess(process, folder, ports[0], ports[1]);
            }
        }

        throw new InvalidOperationException($"grid silo ended before it was ready; {program} is to be built and libtorch is not needed.");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
