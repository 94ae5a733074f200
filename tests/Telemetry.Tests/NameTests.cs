using System.Reflection;
using OrleansSgd.Testing;

namespace OrleansSgd.Telemetry.Tests;

/// <summary>Goal: the page and the two files of names cannot drift apart.</summary>
public sealed class NameTests
{
    private const string Prefix = "orleanssgd.";

    [Fact]
    public void Every_name_of_a_trace_stands_in_the_page()
    {
        string page = File.ReadAllText(RepositoryRoot.PathOf("docs/trace-format.md"));
        string[] names = [.. Names(typeof(TraceNames)).Where(name => name != TraceNames.LedgerPrefix)];

        Assert.True(names.Length > 60, $"Only {names.Length} names were found.");
        Assert.All(names, name => Assert.Contains($"`{(name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name)}`", page));
    }

    [Fact]
    public void No_name_stands_for_two_things()
    {
        string[] names = [.. Names(typeof(TraceNames))];

        Assert.Equal(names.Length, names.Distinct().Count());
    }

    private static IEnumerable<string> Names(Type type) => type.GetFields(BindingFlags.Public | BindingFlags.Static)
        .Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!);
}
