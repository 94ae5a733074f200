using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrleansSgd.Dashboard.Tests.Browser;

/// <summary>One page of the browser: what a user sees of it, and does with it.</summary>
internal sealed class BrowserPage(Chromium browser, string session, string context) : IAsyncDisposable
{
    // No test goes through more documents while it waits for one thing; a page that sends itself round in circles is a defect.
    private const int NavigationsMax = 5;

    private readonly ConcurrentQueue<string> _troubles = new();
    private readonly ConcurrentQueue<string> _requests = new();

    // By navigation: the end of an earlier one must not be taken for that of the one that is waited for.
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _loaded = new();

    public string Session => session;

    public string Context => context;

    /// <summary>Errors of scripts, refused loads, and what the policy forbade, in the page's own words.</summary>
    public IReadOnlyCollection<string> Troubles => _troubles;

    /// <summary>Every address that was asked for.</summary>
    public IReadOnlyCollection<string> Requests => _requests;

    public async Task BeginAsync(int width, int height, bool isDark)
    {
        await CallAsync("Page.enable", null);
        await CallAsync("Page.setLifecycleEventsEnabled", new { enabled = true });
        await CallAsync("Runtime.enable", null);
        await CallAsync("Log.enable", null);
        await CallAsync("Network.enable", null);
        await CallAsync("Emulation.setDeviceMetricsOverride", new { width, height, deviceScaleFactor = 1, mobile = false });
        await CallAsync("Emulation.setEmulatedMedia", new { features = new[] { new { name = "prefers-color-scheme", value = isDark ? "dark" : "light" } } });
    }

    /// <summary>Opens an address and waits until it is loaded.</summary>
    public async Task GoAsync(Uri address)
    {
        JsonNode navigation = await CallAsync("Page.navigate", new { url = address.ToString() });
        if ((string?)navigation["errorText"] is { } error)
        {
            throw new InvalidOperationException($"{address} cannot be opened: {error}");
        }

        await Loaded((string)navigation["loaderId"]!).Task.WaitAsync(Chromium.Patience);
    }

    /// <summary>The value of an expression in the page; a promise is waited for.</summary>
    public async Task<JsonNode?> EvaluateAsync(string expression)
    {
        JsonNode answer = await CallAsync("Runtime.evaluate", new { expression, awaitPromise = true, returnByValue = true });
        return answer["exceptionDetails"] is { } error
            ? throw new InvalidOperationException($"{expression}: {error.ToJsonString()}")
            : answer["result"]?["value"]?.DeepClone();
    }

    /// <summary>Waits until an expression is true, also over what the page navigates to meanwhile.</summary>
    /// <param name="what">What is waited for, for the message when it never is.</param>
    public async Task UntilAsync(string expression, string what)
    {
        // A page that is hidden draws no frames: a message to itself comes in any case.
        string wait = $"new Promise(done => {{ const look = () => ({expression}) ? done(true) : setTimeout(look, 20); look(); }})";
        try
        {
            for (int documents = 0; !await HoldsAsync(wait); documents++)
            {
                Assert.InRange(documents, 0, NavigationsMax);
            }
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"The page never had: {what}. It says: {await EvaluateAsync("document.body.innerText")}");
        }
    }

    /// <summary>The text that an element shows.</summary>
    public async Task<string> TextAsync(string selector) =>
        (string?)await EvaluateAsync($"document.querySelector({JsonSerializer.Serialize(selector)}).innerText") ?? "";

    /// <summary>Presses a key and lets it go.</summary>
    public async Task PressAsync(string key, int code, bool isShifted = false)
    {
        string text = key == "Enter" ? "\r" : "";
        int modifiers = isShifted ? 8 : 0;
        string type = text.Length > 0 ? "keyDown" : "rawKeyDown";
        await CallAsync("Input.dispatchKeyEvent", new { type, key, code = key, windowsVirtualKeyCode = code, text, modifiers });
        await CallAsync("Input.dispatchKeyEvent", new { type = "keyUp", key, code = key, windowsVirtualKeyCode = code, modifiers });
    }

    /// <summary>Clicks an element.</summary>
    public Task ClickAsync(string selector) => EvaluateAsync($"document.querySelector({JsonSerializer.Serialize(selector)}).click()");

    /// <summary>Gives the page another width.</summary>
    public Task ResizeAsync(int width, int height) =>
        CallAsync("Emulation.setDeviceMetricsOverride", new { width, height, deviceScaleFactor = 1, mobile = false });

    /// <summary>Cuts the page's connections, or lets it have them again.</summary>
    public Task GoOfflineAsync(bool offline) =>
        CallAsync("Network.emulateNetworkConditions", new { offline, latency = 0, downloadThroughput = -1, uploadThroughput = -1 });

    /// <summary>What the checker of accessibility finds wrong, one line each: rule, and the first element.</summary>
    public async Task<string[]> AccessibilityFindingsAsync()
    {
        await EvaluateAsync(Axe.Script);
        JsonNode? findings = await EvaluateAsync(
            "axe.run(document, { resultTypes: ['violations'] }).then(found => found.violations.map(one => `${one.id}: ${one.help}: ${one.nodes[0].html} ${one.nodes[0].failureSummary}`))");
        return [.. findings!.AsArray().Select(one => (string)one!)];
    }

    /// <summary>Keeps a picture of the page under artifacts/screenshots.</summary>
    /// <param name="isWhole">Whether it shows what one has to scroll to, too.</param>
    /// <returns>Its size in bytes.</returns>
    public async Task<long> KeepPictureAsync(string name, bool isWhole = true)
    {
        JsonNode picture = await CallAsync("Page.captureScreenshot", new { format = "png", captureBeyondViewport = isWhole });
        string path = Path.Combine(Screenshots.Folder, name + ".png");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        byte[] bytes = Convert.FromBase64String((string)picture["data"]!);
        await File.WriteAllBytesAsync(path, bytes);
        return bytes.Length;
    }

    /// <summary>Something happened to the page.</summary>
    public void Happened(string method, JsonNode parameters)
    {
        switch (method)
        {
            case "Page.lifecycleEvent" when (string?)parameters["name"] == "load":
                Loaded((string)parameters["loaderId"]!).TrySetResult();
                break;
            case "Runtime.exceptionThrown":
                _troubles.Enqueue(parameters["exceptionDetails"]!.ToJsonString());
                break;
            case "Log.entryAdded" when (string?)parameters["entry"]!["level"] == "error":
                _troubles.Enqueue($"{parameters["entry"]!["text"]} {parameters["entry"]!["url"]}");
                break;
            case "Network.requestWillBeSent":
                _requests.Enqueue((string)parameters["request"]!["url"]!);
                break;
        }
    }

    public ValueTask DisposeAsync() => new(browser.CloseAsync(this));

    public Task<JsonNode> CallAsync(string method, object? parameters) => browser.CallAsync(method, parameters, session);

    private TaskCompletionSource Loaded(string navigation) =>
        _loaded.GetOrAdd(navigation, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    // False when the document that was looked at has gone: a form was sent, a link followed.
    private async Task<bool> HoldsAsync(string wait)
    {
        try
        {
            await EvaluateAsync(wait);
            return true;
        }
        catch (DocumentGoneException)
        {
            return false;
        }
    }
}
