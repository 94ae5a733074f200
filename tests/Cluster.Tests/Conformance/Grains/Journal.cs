using System.Collections.Concurrent;

namespace OrleansSgd.Cluster.Tests.Conformance.Grains;

/// <summary>What happened, in order, and the gates that hold it up: shared by test and grains, which are in one process.</summary>
/// <remarks>Every test uses keys of its own, so tests do not meet.</remarks>
public static class Journal
{
    private static readonly ConcurrentDictionary<string, ConcurrentQueue<string>> Entries = new();
    private static readonly ConcurrentDictionary<string, TaskCompletionSource> Gates = new();

    /// <summary>How long a test waits for something that must happen; only a broken runtime reaches it.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(60);

    /// <summary>A key no other test has.</summary>
    public static string NewKey([System.Runtime.CompilerServices.CallerMemberName] string test = "") => $"{test}-{Guid.NewGuid():N}";

    public static void Write(string key, string what)
    {
        Entries.GetOrAdd(key, _ => new()).Enqueue(what);
        Open($"{key}:{what}");
    }

    public static string[] Read(string key) => Entries.TryGetValue(key, out var entries) ? [.. entries] : [];

    /// <summary>Completes once that was written.</summary>
    public static Task Written(string key, string what) => Gate($"{key}:{what}").WaitAsync(Patience);

    /// <summary>Waits for a gate.</summary>
    public static Task Gate(string name) => Source(name).Task;

    public static void Open(string name) => Source(name).TrySetResult();

    private static TaskCompletionSource Source(string name) =>
        Gates.GetOrAdd(name, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
