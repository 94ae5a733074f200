using System.Reflection;
using TorchSharp;

namespace OrleansSgd.Torch.Tests.Api;

/// <summary>The stand-in has no member that TorchSharp has not, or has otherwise.</summary>
/// <remarks>
/// Api/torchsharp-0.107.txt lists what both have, one line a member, taken from an assembly that was compiled of TorchSharp's own
/// sources. A new member of the stand-in goes into the list only after a look at the original.
/// </remarks>
public sealed class TorchApiTests
{
    private static readonly Assembly Present = typeof(torch).Assembly;

    private static readonly HashSet<string> Listed =
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "api", "torchsharp-0.107.txt")).Where(line => line.Length > 0)];

    [Fact]
    public void Everything_in_the_list_exists()
    {
        // On the real package this says that the list is true; on the stand-in, that nothing was lost.
        var missing = Listed.Except(TorchSurface.Lines(Present, withInherited: true)).Order(StringComparer.Ordinal).ToArray();
        Assert.True(missing.Length == 0, $"{Present.GetName().Name} lacks:\n{string.Join("\n", missing)}");
    }

    [Fact]
    public void The_stand_in_has_nothing_that_is_not_in_the_list()
    {
        var lines = TorchSurface.Lines(Present, withInherited: false);
        // The package has thousands of members that nothing here uses.
        var surplus = IsStandIn ? Surplus(lines) : [];
        Assert.True(surplus.Length == 0, $"The stand-in has what TorchSharp has not:\n{string.Join("\n", surplus)}");
        Assert.True(lines.Count > 800, $"Only {lines.Count} members are compared.");
    }

    [Theory]
    [InlineData("TorchSharp.torch.nn.functional", "Tensor input", "Tensor x")]
    [InlineData("TorchSharp.torch.nn: ", "eps = 1E-05", "eps = 0.001")]
    [InlineData("TorchSharp.torch.nn.Reduction", "Mean = 1", "Mean = 2")]
    public void A_member_that_differs_is_caught(string start, string part, string other)
    {
        var lines = TorchSurface.Lines(Present, withInherited: false);
        var changed = lines.First(line => line.StartsWith(start, StringComparison.Ordinal) && line.Contains(part, StringComparison.Ordinal));
        lines.Remove(changed);
        lines.Add(changed.Replace(part, other, StringComparison.Ordinal));
        Assert.Contains(changed.Replace(part, other, StringComparison.Ordinal), Surplus(lines));
    }

    private static bool IsStandIn => Present.GetType("TorchSharp.Engine.Native") is not null;

    private static string[] Surplus(IEnumerable<string> lines) => [.. lines.Where(line => !Listed.Contains(line))];
}
