using System.Diagnostics;
using System.Globalization;

namespace OrleansSgd.Testing;

/// <summary>A real storage service for tests: one service of Azurite, brought by npm once, started on a port, ended with whoever holds this.</summary>
/// <remarks>The package lies in the user's cache folder, under its version, for every checkout. Nothing of it is run at installation.</remarks>
public sealed class AzuriteService : IAsyncDisposable
{
    /// <summary>Version of the npm package, and of the container image.</summary>
    public const string Version = "3.35.0";

    /// <summary>Known to everybody: the account that every Azurite has.</summary>
    public const string Account = "devstoreaccount1";

    /// <summary>The key of <see cref="Account"/>.</summary>
    public const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    // What a service says once it answers; the one for tables says its port as it was asked for, and so cannot be given 0.
    private const string Listens = "successfully ";

    // A test run that is killed closes the pipe, and the service with it.
    private const string EndsWithInput = "data:text/javascript,process.stdin.on('end',()=>process.exit(0)).resume()";

    // Downloading some 190 MB of packages on a slow line; starting on a busy machine.
    private static readonly SemaphoreSlim Installing = new(1, 1);
    private static readonly TimeSpan InstallTimeMax = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan StartTimeMax = TimeSpan.FromMinutes(2);

    private readonly Process _process;

    private AzuriteService(string kind, Process process, string address)
    {
        _process = process;
        Endpoint = $"{address}/{Account}";
        Connection = ConnectionOf(kind, Endpoint, Key);
    }

    /// <summary>Where the account answers.</summary>
    public string Endpoint { get; }

    /// <summary>How clients find it.</summary>
    public string Connection { get; }

    /// <summary>A connection string.</summary>
    /// <param name="kind"><c>blob</c> or <c>table</c>.</param>
    public static string ConnectionOf(string kind, string endpoint, string key) =>
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={key};{CultureInfo.InvariantCulture.TextInfo.ToTitleCase(kind)}Endpoint={endpoint};";

    /// <summary>The program of the whole emulator, for whoever starts it with a command line of his own: <c>node PROGRAM …</c>.</summary>
    public static Task<string> ProgramAsync() => ProgramAsync("azurite.js");

    /// <summary>Starts a service.</summary>
    /// <param name="kind"><c>blob</c> or <c>table</c>.</param>
    public static async Task<AzuriteService> StartAsync(string kind)
    {
        string program = await ProgramAsync($"{kind}/main.js");
        int port = FreePorts.One();
        Process process = Start(
            "node", Path.GetTempPath(), "--import", EndsWithInput, program, "--inMemoryPersistence", "--disableTelemetry", $"--{kind}Host", "127.0.0.1",
            $"--{kind}Port", port.ToString(CultureInfo.InvariantCulture));
        try
        {
            await IsUpAsync(process).WaitAsync(StartTimeMax);
            return new(kind, process, string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
            throw;
        }
    }

    /// <summary>Ends it.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<string> ProgramAsync(string file)
    {
        string folder = Path.Combine(CacheFolder(), $"azurite-{Version}");
        string program = Path.Combine([folder, "node_modules", "azurite", "dist", "src", .. file.Split('/')]);
        await Installing.WaitAsync(); // tests of one process may all find it missing
        try
        {
            if (!File.Exists(program))
            {
                await InstallAsync(folder);
            }
        }
        finally
        {
            Installing.Release();
        }

        return program;
    }

    private static async Task IsUpAsync(Process service)
    {
        while (await service.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Contains(Listens, StringComparison.Ordinal))
            {
                _ = service.StandardOutput.ReadToEndAsync(); // a full pipe would stop the service
                _ = service.StandardError.ReadToEndAsync();
                return;
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
                $"Storage is tested against Azurite, which needs Node.js with npm; '{program}' cannot be started ({error.Message}). " +
                "Install it (Debian: apt-get install nodejs npm).",
                error);
        }
    }
}
