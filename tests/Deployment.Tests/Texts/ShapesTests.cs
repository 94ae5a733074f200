namespace OrleansSgd.Deployment.Tests.Texts;

/// <summary>Goal: a value of another shape is named with its place. Method: one small shape and values that differ from it in one point.</summary>
public sealed class ShapesTests
{
    private static readonly Shapes Probe = Shapes.Load("probe.shapes.yaml");

    [Fact]
    public void What_has_the_shape_is_left_alone() =>
        Assert.Empty(Probe.Violations(Node.Read("name: a\ncount: 3\nis: true\nlist: [\"1\", b]\nkind: two\nmap: {k: {deep: x}}\nx-note: 1"), "probe"));

    [Theory]
    [InlineData("count: 3", "lacks the key 'name'")]
    [InlineData("name: a\nnmae: b", "has the key 'nmae'")]
    [InlineData("name: 3", "probe.name is '3'; it must be quoted")]
    [InlineData("name: on", "probe.name is 'on'; it must be quoted")]
    [InlineData("name: [a]", "probe.name is a list; it must be a single value")]
    [InlineData("name: a\ncount: many", "must be a number")]
    [InlineData("name: a\nis: \"true\"", "must be true or false")]
    [InlineData("name: a\nlist: [a, 2]", "probe.list[1] is '2'")]
    [InlineData("name: a\nkind: three", "must be one, two")]
    [InlineData("name: a\nmap: {k: {deep: x, deeper: y}}", "probe.map.k has the key 'deeper'")]
    public void What_has_another_is_named_with_its_place(string text, string sentence) =>
        Assert.Contains(sentence, Assert.Single(Probe.Violations(Node.Read(text), "probe")), StringComparison.Ordinal);

    [Fact]
    public void Merge_keys_are_resolved_before_anything_is_checked() => Assert.Equal(
        "b", Node.Read("a: &a {k: b}\nc: {<<: *a, d: e}").TextOf("c/k"));
}
