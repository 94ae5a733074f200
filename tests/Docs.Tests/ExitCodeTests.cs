using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using OrleansSgd.Client;

namespace OrleansSgd.Docs.Tests;

/// <summary>Goal: docs/exit-codes.md has every code that the program ends with, and no other.</summary>
public sealed partial class ExitCodeTests
{
    [Fact]
    public void The_page_has_the_codes_of_the_program() => Assert.Equal(
        typeof(ExitCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(code => (int)code.GetRawConstantValue()!).Order(),
        Row().Matches(Markdown.Read("docs/exit-codes.md")).Select(row => int.Parse(row.Groups["code"].Value, CultureInfo.InvariantCulture)).Order());

    [GeneratedRegex(@"^\| (?<code>\d+) \|", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Row();
}
