using Xunit;

namespace OrleansSgd.Testing;

/// <summary>Golden bytes that stand in a page of docs/, so that the page cannot say one thing and the code another.</summary>
/// <remarks>A block starts with <c>```hex NAME</c> and ends with <c>```</c>; what follows a # in a line is comment.</remarks>
public static class Golden
{
    /// <summary>The bytes of the block <paramref name="name"/>.</summary>
    /// <param name="page">Path from the root of the checkout.</param>
    /// <param name="name">What follows <c>```hex</c>.</param>
    public static byte[] Read(string page, string name)
    {
        string[] lines = File.ReadAllLines(RepositoryRoot.PathOf(page));
        int start = Array.IndexOf(lines, $"```hex {name}");
        Assert.True(start >= 0, $"{page} has no block '```hex {name}'.");
        IEnumerable<string> digits = lines
            .Skip(start + 1)
            .TakeWhile(line => line != "```")
            .Select(line => line.Split('#')[0].Replace(" ", ""));
        return Convert.FromHexString(string.Concat(digits));
    }

    /// <summary>Fails with the first byte that differs, and with the actual bytes ready to be pasted.</summary>
    public static void AssertEqual(byte[] expected, ReadOnlySpan<byte> actual, string name)
    {
        int same = expected.AsSpan().CommonPrefixLength(actual);
        if (same < expected.Length || same < actual.Length)
        {
            Assert.Fail(
                $"{name} differs from its golden bytes at byte {same} ({expected.Length} expected, {actual.Length} actual). " +
                $"A change of the format needs a new layout number. Actual:\n{Lines(actual)}");
        }
    }

    private static string Lines(ReadOnlySpan<byte> bytes)
    {
        IEnumerable<string> lines = bytes.ToArray().Chunk(16).Select(line => string.Join(' ', line.Select(one => one.ToString("X2"))));
        return string.Join('\n', lines);
    }
}
