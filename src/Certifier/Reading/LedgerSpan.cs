namespace OrleansSgd.Certifier.Reading;

/// <summary>One ledger span: its attributes in the order in which they stand, asked for by name.</summary>
/// <remarks>Every question names what is missing or of the wrong kind; attributes that nobody asked for are counted.</remarks>
internal sealed class LedgerSpan(TracePlace place, string name, ulong startNanoseconds, SpanAttribute[] attributes)
{
    /// <summary>Before every attribute's name.</summary>
    public const string Prefix = "orleanssgd.";

    private readonly bool[] _asked = new bool[attributes.Length];

    /// <summary>Where it stands.</summary>
    public TracePlace Place { get; } = place;

    /// <summary>Such as <c>ledger.rows</c>.</summary>
    public string Name { get; } = name;

    /// <summary>When it began, in ns since 1970; nothing but a warning depends on it.</summary>
    public ulong StartNanoseconds { get; } = startNanoseconds;

    /// <summary>Its attributes in the order in which they stand.</summary>
    public ReadOnlySpan<SpanAttribute> Attributes => attributes;

    /// <summary>Attributes that nobody asked for.</summary>
    public int UnknownCount => _asked.Count(static asked => !asked);

    /// <summary>True when the attribute is there.</summary>
    public bool Has(string field) => Find(field) >= 0;

    /// <summary>A text.</summary>
    public string Text(string field) => Required(field, AttributeKind.Text).Text;

    /// <summary>A text, or null when it is absent.</summary>
    public string? TextOrNull(string field) => Has(field) ? Text(field) : null;

    /// <summary>A whole number of a range.</summary>
    public long Integer(string field, long min, long max)
    {
        long value = Required(field, AttributeKind.Integer).Integer;
        return value >= min && value <= max ? value : throw Wrong(field, $"is {value}; expected {min} to {max}");
    }

    /// <summary>A whole number, 0 or more.</summary>
    public long Count(string field) => Integer(field, 0, long.MaxValue);

    /// <summary>A real; also one that was written as a whole number.</summary>
    public double Real(string field)
    {
        int at = Find(field);
        return at >= 0 && attributes[at].Kind == AttributeKind.Integer ? attributes[at].Integer : Required(field, AttributeKind.Real).Real;
    }

    /// <summary>A real, or NaN when it is absent.</summary>
    public double RealOrNaN(string field) => Has(field) ? Real(field) : double.NaN;

    /// <summary>A finite number above 0, or NaN when it is absent.</summary>
    public double AboveZeroOrNaN(string field)
    {
        double value = RealOrNaN(field);
        return !Has(field) || (double.IsFinite(value) && value > 0)
            ? value
            : throw Wrong(field, $"is {value}; expected a finite number above 0");
    }

    /// <summary>A truth value.</summary>
    public bool Truth(string field) => Required(field, AttributeKind.Truth).Integer != 0;

    /// <summary>Bytes.</summary>
    public byte[] Bytes(string field)
    {
        string text = Required(field, AttributeKind.Bytes).Text;
        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException)
        {
            throw Wrong(field, "is no base64");
        }
    }

    /// <summary>The place and this field, for a reader of its bytes.</summary>
    public InvalidDataException Wrong(string field, string what) => Place.Damage($"{Name}, {field} {what}.");

    private SpanAttribute Required(string field, AttributeKind kind)
    {
        int at = Find(field);
        return at < 0 ? throw Place.Damage($"{Name} has no attribute {Prefix}{field}; layout 1 asks for it.")
            : attributes[at].Kind == kind ? attributes[at]
            : throw Wrong(field, $"is of kind {attributes[at].Kind}; expected {kind}");
    }

    private int Find(string field)
    {
        for (int i = 0; i < attributes.Length; i++)
        {
            string full = attributes[i].Name;
            if (full.Length == Prefix.Length + field.Length
                && full.StartsWith(Prefix, StringComparison.Ordinal) && full.EndsWith(field, StringComparison.Ordinal))
            {
                _asked[i] = true;
                return i;
            }
        }

        return -1;
    }
}
