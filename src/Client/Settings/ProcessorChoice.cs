using System.Globalization;
using OrleansSgd.Grains.Compute;

namespace OrleansSgd.Client.Settings;

/// <summary>Processors as somebody names them: numbers and ranges, or a node of the machine's memory.</summary>
internal static class ProcessorChoice
{
    /// <summary>What can be written; completes "use …".</summary>
    public const string Allowed = "processors of Linux such as 0-3,8, or node:N";

    /// <summary>One sentence.</summary>
    public const string Meaning = "The processors this process keeps to; each compute thread is pinned to its own. node:N: those of a memory node.";

    private const string Node = "node:";
    private const string Nodes = "/sys/devices/system/node";

    // What a kernel is built for at most; "0-4000000000" is a slip, not a machine.
    private const int NumberMax = 8191;

    /// <summary>Reads a choice of this machine's.</summary>
    /// <returns>The pins, or the remedy of the mistake, without its full stop.</returns>
    public static (ProcessorPins? Pins, string? Remedy) Read(string text) => OperatingSystem.IsLinux()
        ? Read(text, ThreadAffinity.OfThread(), Nodes)
        : (null, "processors can be chosen on Linux only; leave it out");

    /// <summary>As above.</summary>
    /// <param name="allowed">Those that the process may use.</param>
    /// <param name="nodes">The folder with a folder for each memory node.</param>
    internal static (ProcessorPins? Pins, string? Remedy) Read(string text, IReadOnlyList<int> allowed, string nodes)
    {
        if (text.StartsWith(Node, StringComparison.Ordinal))
        {
            return ReadNode(text[Node.Length..], allowed, nodes);
        }

        if (Parse(text) is not { } named)
        {
            return (null, $"use {Allowed}");
        }

        return named.Except(allowed).Any() ? (null, $"this process may use {Format(allowed)}; use some of these") : (new ProcessorPins(named), null);
    }

    /// <summary>As the kernel writes them: ascending, what follows each other as a range.</summary>
    internal static string Format(IReadOnlyList<int> processors)
    {
        var parts = new List<string>();
        int[] sorted = [.. processors.Order()];
        for (int first = 0, next; first < sorted.Length; first = next)
        {
            next = first + 1;
            while (next < sorted.Length && sorted[next] == sorted[next - 1] + 1)
            {
                next++;
            }

            string least = sorted[first].ToString(CultureInfo.InvariantCulture);
            parts.Add(next == first + 1 ? least : string.Create(CultureInfo.InvariantCulture, $"{least}-{sorted[next - 1]}"));
        }

        return string.Join(',', parts);
    }

    private static (ProcessorPins? Pins, string? Remedy) ReadNode(string number, IReadOnlyList<int> allowed, string nodes)
    {
        string list = Path.Combine(nodes, $"node{number}", "cpulist");
        if (Number(number) is null || !File.Exists(list))
        {
            int[] known = Directory.Exists(nodes)
                ? [.. Directory.EnumerateDirectories(nodes, "node*").Select(path => Number(Path.GetFileName(path)["node".Length..]) ?? -1).Where(one => one >= 0)]
                : [];
            return (null, known.Length == 0 ? "this machine does not say which memory nodes it has; name processors such as 0-3,8"
                : $"this machine has the nodes {Format(known)}; use one of these");
        }

        int[] own = [.. (Parse(File.ReadAllText(list).Trim()) ?? []).Intersect(allowed)];
        return own.Length == 0
            ? (null, $"this process may use {Format(allowed)}, and none of them belongs to that node; use another")
            : (new ProcessorPins(own), null);
    }

    private static List<int>? Parse(string text)
    {
        var found = new List<int>();
        foreach (string part in text.Split(','))
        {
            string[] ends = part.Trim().Split('-');
            if (ends.Length > 2 || Number(ends[0]) is not { } first || Number(ends[^1]) is not { } last || last < first)
            {
                return null;
            }

            found.AddRange(Enumerable.Range(first, last - first + 1));
        }

        return found;
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= NumberMax ? number : null;
}
