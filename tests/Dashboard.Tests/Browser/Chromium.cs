using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrleansSgd.Dashboard.Tests.Browser;

/// <summary>A headless Chromium for the tests, driven over its own debugging protocol; each test opens pages of its own in it.</summary>
/// <remarks>Ends with the tests: its profile lies in a temporary folder that goes with it.</remarks>
public sealed class Chromium : IAsyncLifetime, IDisposable
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    // What Chromium says of an evaluation whose document goes away, is gone, or has not come yet.
    private static readonly string[] GoneWords =
    [
        "Inspected target navigated or closed", "Execution context was destroyed", "Cannot find default execution context", "Promise was collected",
    ];

    // A busy machine; what hangs is to fail with a name and not to hang the run.
    internal static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<long, TaskCompletionSource<JsonNode>> _calls = new();
    private readonly ConcurrentDictionary<string, BrowserPage> _pages = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly ClientWebSocket _socket = new();
    private readonly string _profile = Directory.CreateTempSubdirectory("grid-browser-").FullName;
    private Process? _process;
    private Task _receiving = Task.CompletedTask;
    private long _lastCall;

    public async Task InitializeAsync()
    {
        _process = Start();
        Uri address = new(await AddressAsync(_process).WaitAsync(Patience));
        await _socket.ConnectAsync(address, CancellationToken.None).WaitAsync(Patience);
        _receiving = ReceiveAsync();
    }

    public async Task DisposeAsync()
    {
        _process?.Kill(entireProcessTree: true);
        if (_process is not null)
        {
            await _process.WaitForExitAsync();
        }

        _socket.Dispose();
        await _receiving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _process?.Dispose();
        Directory.Delete(_profile, recursive: true);
    }

    public void Dispose()
    {
        _socket.Dispose();
        _sending.Dispose();
    }

    /// <summary>Opens a page with cookies, cache and storage of its own.</summary>
    internal async Task<BrowserPage> OpenAsync(Uri address, int width = 1280, int height = 900, bool isDark = false)
    {
        JsonNode context = await CallAsync("Target.createBrowserContext", null);
        string contextId = (string)context["browserContextId"]!;
        JsonNode target = await CallAsync("Target.createTarget", new { url = "about:blank", browserContextId = contextId });
        JsonNode session = await CallAsync("Target.attachToTarget", new { targetId = (string)target["targetId"]!, flatten = true });
        var page = new BrowserPage(this, (string)session["sessionId"]!, contextId);
        _pages[page.Session] = page;
        await page.BeginAsync(width, height, isDark);
        await page.GoAsync(address);
        return page;
    }

    /// <summary>Makes one call of the debugging protocol.</summary>
    /// <param name="session">The page it is about; null for the browser.</param>
    internal async Task<JsonNode> CallAsync(string method, object? parameters, string? session = null)
    {
        long id = Interlocked.Increment(ref _lastCall);
        var answer = new TaskCompletionSource<JsonNode>(TaskCreationOptions.RunContinuationsAsynchronously);
        _calls[id] = answer;
        byte[] message = JsonSerializer.SerializeToUtf8Bytes(session is null
            ? (object)new { id, method, @params = parameters ?? new { } }
            : new { id, method, @params = parameters ?? new { }, sessionId = session });
        await _sending.WaitAsync();
        try
        {
            await _socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        }
        finally
        {
            _sending.Release();
        }

        try
        {
            return await answer.Task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Chromium did not answer {method} within {Patience.TotalSeconds} s.");
        }
    }

    /// <summary>Bytes of memory that the processes of all open pages have for themselves, as the system counts them.</summary>
    internal async Task<long> MemoryOfPagesAsync()
    {
        JsonNode processes = await CallAsync("SystemInfo.getProcessInfo", null);
        return processes["processInfo"]!.AsArray().Where(one => (string?)one!["type"] == "renderer").Sum(one => OwnMemory((int)one!["id"]!));
    }

    /// <summary>Closes a page.</summary>
    internal async Task CloseAsync(BrowserPage page)
    {
        _pages.TryRemove(page.Session, out _);
        await CallAsync("Target.disposeBrowserContext", new { browserContextId = page.Context });
    }

    private Process Start()
    {
        string program = Names.Select(name => Find(name)).FirstOrDefault(path => path is not null) ?? throw new InvalidOperationException(
            "The pages are tested in a real browser, and there is no chromium on the PATH. Install it (Debian: apt-get install chromium).");
        return Process.Start(new ProcessStartInfo(
            program,
            [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-extensions", "--disable-background-networking",
                "--no-first-run", "--mute-audio", "--disable-background-timer-throttling", "--disable-backgrounding-occluded-windows",
                "--disable-renderer-backgrounding", "--enable-precise-memory-info", "--remote-debugging-port=0", $"--user-data-dir={_profile}", "about:blank",
            ])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
    }

    private static long OwnMemory(int process)
    {
        const string Name = "RssAnon:";
        string line = File.ReadLines($"/proc/{process}/status").First(one => one.StartsWith(Name, StringComparison.Ordinal));
        return 1024 * long.Parse(line[Name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }

    private static string? Find(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    private static async Task<string> AddressAsync(Process process)
    {
        const string Listens = "DevTools listening on ";
        while (await process.StandardError.ReadLineAsync() is { } line)
        {
            if (line.StartsWith(Listens, StringComparison.Ordinal))
            {
                _ = process.StandardError.ReadToEndAsync(); // a full pipe would stop it
                _ = process.StandardOutput.ReadToEndAsync();
                return line[Listens.Length..].Trim();
            }
        }

        throw new InvalidOperationException("Chromium ended before it listened.");
    }

    private async Task ReceiveAsync()
    {
        byte[] buffer = new byte[64 * 1024];
        var message = new MemoryStream();
        while (_socket.State == WebSocketState.Open)
        {
            WebSocketReceiveResult part = await _socket.ReceiveAsync(buffer, CancellationToken.None);
            message.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
            {
                Take(JsonNode.Parse(Encoding.UTF8.GetString(message.GetBuffer(), 0, (int)message.Length))!);
                message.SetLength(0);
            }
        }
    }

    private static InvalidOperationException Refusal(JsonNode error)
    {
        string text = $"Chromium refused: {error.ToJsonString()}";
        return GoneWords.Any(word => text.Contains(word, StringComparison.Ordinal)) ? new DocumentGoneException(text) : new InvalidOperationException(text);
    }

    private void Take(JsonNode message)
    {
        if (message["id"] is { } id)
        {
            if (_calls.TryRemove((long)id, out TaskCompletionSource<JsonNode>? call))
            {
                if (message["error"] is { } error)
                {
                    call.SetException(Refusal(error));
                }
                else
                {
                    call.SetResult(message["result"]!);
                }
            }
        }
        else if ((string?)message["sessionId"] is { } session && _pages.TryGetValue(session, out BrowserPage? page))
        {
            page.Happened((string)message["method"]!, message["params"]!);
        }
    }
}

/// <summary>The document in which something was evaluated has gone before there was an answer.</summary>
internal sealed class DocumentGoneException(string message) : InvalidOperationException(message);

/// <summary>The tests that share one browser.</summary>
[CollectionDefinition(Name)]
public sealed class BrowserTests : ICollectionFixture<Chromium>
{
    public const string Name = "Browser";
}
