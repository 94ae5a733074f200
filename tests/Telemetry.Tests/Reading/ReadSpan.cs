namespace OrleansSgd.Telemetry.Tests.Reading;

/// <summary>A span as a reader finds it in a file: everything by name, attributes in their order and typed as they stood.</summary>
/// <param name="Attributes">string, long, double, bool, byte[] or long[].</param>
internal sealed record ReadSpan(
    string TraceId, string SpanId, string? ParentSpanId, string Name, long Kind, long Start, long End, List<KeyValuePair<string, object>> Attributes)
{
    private const string Prefix = "orleanssgd.";

    public bool IsLedger => Name.StartsWith("ledger.", StringComparison.Ordinal);

    /// <summary>Names without their prefix.</summary>
    public string[] Names => [.. Attributes.Select(one => one.Key[Prefix.Length..])];

    public bool Has(string name) => Attributes.Any(one => one.Key == Prefix + name);

    public T Get<T>(string name) => (T)Attributes.Single(one => one.Key == Prefix + name).Value;
}
