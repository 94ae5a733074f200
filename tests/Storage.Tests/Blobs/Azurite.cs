using System.Diagnostics;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;

namespace OrleansSgd.Storage.Tests.Blobs;

/// <summary>A real blob service for the tests: Azurite, brought by npm once, started on a free port, stopped at the end.</summary>
/// <remarks>The package lies in the user's cache folder, under its version, for every checkout. Nothing of it is run at installation.</remarks>
public sealed class Azurite : IAsyncLifetime
{
    private const string Version = "3.35.0";
    private const string Listens = "successfully listens on ";

    // A test run that is killed closes the pipe, and the service with it.
    private const string EndsWithInput = "data:text/javascript,process.stdin.on('end',()=>process.exit(0)).resume()";

    // Known to everybody: the account that every Azurite has.
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    // Downloading some 190 MB of packages on a slow line; starting on a busy machine.
    private static readonly TimeSpan InstallTimeMax = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan StartTimeMax = TimeSpan.FromMinutes(2);

    private static int _containers;

    private Process? _service;
    private string _endpoint = "";

    /// <summary>A name that no other test has.</summary>
    public static string FreeContainer => $"test-{Environment.ProcessId}-{Interlocked.Increment(ref _containers)}";

    /// <summary>How clients find it.</summary>
    public string Connection => ConnectionWith(Key);

    /// <summary>The same with another key.</summary>
    public string ConnectionWith(string key) => $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={key};BlobEndpoint={_endpoint}/{Account};";

    /// <summary>A client of one container.</summary>
    /// <param name="handler">Sees every request first; null for none.</param>
    /// <param name="retries">How often the client itself tries again.</param>
    public BlobContainerClient Container(string name, HttpMessageHandler? handler = null, int retries = 0)
    {
        BlobClientOptions options = new();
        options.Retry.MaxRetries = retries;
        options.Retry.Delay = TimeSpan.Zero;
        options.Retry.MaxDelay = TimeSpan.FromMilliseconds(1);
        if (handler is not null)
        {
            options.Transport = new HttpClientTransport(new HttpClient(handler));
        }

        return new(Connection, name, options);
    }

    public async Task InitializeAsync()
    {
        string folder = Path.Combine(CacheFolder(), $"azurite-{Version}");
        string program = Path.Combine(folder, "node_modules", "azurite", "dist", "src", "blob", "main.js");
        if (!File.Exists(program))
        {
            await InstallAsync(folder);
        }

        _service = Start(
            "node", Path.GetTempPath(), "--import", EndsWithInput, program, "--inMemoryPersistence", "--disableTelemetry", "--blobHost", "127.0.0.1",
            "--blobPort", "0");
        _endpoint = await EndpointAsync(_service).WaitAsync(StartTimeMax);
    }

    public async Task DisposeAsync()
    {
        if (_service is not null)
        {
            _service.Kill(entireProcessTree: true);
            await _service.WaitForExitAsync();
            _service.Dispose();
        }
    }

    private static async Task<string> EndpointAsync(Process service)
    {
        while (await service.StandardOutput.ReadLineAsync() is { } line)
        {
            int at = line.IndexOf(Listens, StringComparison.Ordinal);
            if (at >= 0)
            {
                _ = service.StandardOutput.ReadToEndAsync(); // a full pipe would stop the service
                _ = service.StandardError.ReadToEndAsync();
                return line[(at + Listens.Length)..].Trim();
            }
        }

        throw new InvalidOperationException($"Azurite ended before it listened: {await service.StandardError.ReadToEndAsync()}");
    }

    // Installed beside, then renamed: two test runs at a time, or one that is broken off, leave no half of it.
    private static async Task InstallAsync(string folder)
    {
        string beside = $"{folder}.{Environment.ProcessId}";
        Directory.CreateDirectory(beside);
        using Process npm = Start(
            OperatingSystem.IsWindows() ? "npm.cmd" : "npm", beside,
            "install", $"azurite@{Version}", "--prefix", beside, "--no-audit", "--no-fund", "--ignore-scripts", "--omit=dev", "--loglevel=error");
        Task<string> output = npm.StandardOutput.ReadToEndAsync();
        Task<string> errors = npm.StandardError.ReadToEndAsync();
        await npm.WaitForExitAsync().WaitAsync(InstallTimeMax);
        if (npm.ExitCode != 0)
        {
            Directory.Delete(beside, recursive: true);
            throw new InvalidOperationException($"npm could not install azurite {Version} (exit code {npm.ExitCode}): {await errors}{await output}");
        }

        try
        {
            Directory.Move(beside, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            Directory.Delete(beside, recursive: true); // another test run was faster
        }
    }

    private static string CacheFolder()
    {
        string? cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        string root = string.IsNullOrEmpty(cache)
            ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), ".cache")
            : cache;
        string folder = Path.Combine(root, "orleans-sgd");
        Directory.CreateDirectory(folder);
        return folder;
    }

    private static Process Start(string program, string folder, params string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectStandardInput = true,
            })!;
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new InvalidOperationException(
                $"The blob store is tested against Azurite, which needs Node.js with npm; '{program}' cannot be started ({error.Message}). " +
                "Install it (Debian: apt-get install nodejs npm).",
                error);
        }
    }
}

/// <summary>The tests that share one service; each has a container of its own.</summary>
[CollectionDefinition(Name)]
public sealed class AzuriteTests : ICollectionFixture<Azurite>
{
    public const string Name = "Azurite";
}
