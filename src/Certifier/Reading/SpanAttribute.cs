namespace OrleansSgd.Certifier.Reading;

/// <summary>How OTLP wrote a value.</summary>
internal enum AttributeKind
{
    Text,
    Integer,
    Real,
    Truth,
    Bytes,

    /// <summary>A kind that no ledger span uses (array, list, nothing).</summary>
    Other,
}

/// <summary>One attribute of a span, as it stands.</summary>
/// <param name="Name">Whole name, with its prefix.</param>
/// <param name="Kind">How the value was written.</param>
/// <param name="Text">The value of a text, bytes as base64, anything else in decimal.</param>
/// <param name="Integer">The value of an integer; 1 for true.</param>
/// <param name="Real">The value of a real.</param>
internal readonly record struct SpanAttribute(string Name, AttributeKind Kind, string Text, long Integer, double Real);
