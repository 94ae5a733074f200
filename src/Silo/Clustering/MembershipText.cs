using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansSgd.Silo.Clustering;

/// <summary>The membership of one grid as a document: every silo, and a version that grows by one with each change of one.</summary>
internal sealed record MembershipText
{
    // Dead silos are kept for a while, so that who still thinks it lives learns otherwise; a grid on spot machines has very many.
    private const int DeadMax = 200;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter<SiloStatus>() },
    };

    /// <summary>0 before the first silo.</summary>
    public int Version { get; init; }

    /// <summary>Every silo, dead ones too.</summary>
    public IReadOnlyList<MemberLine> Silos { get; init; } = [];

    /// <summary>Reads a document.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static MembershipText Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize<MembershipText>(bytes, Json) is { Silos: not null } text && text.Silos.All(silo => silo.IsWhole)
                ? text
                : throw new InvalidDataException("The membership lacks its silos, or a silo its address.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"The membership is damaged at line {error.LineNumber}, byte {error.BytePositionInLine}.", error);
        }
    }

    /// <summary>The document.</summary>
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <summary>One silo; null when it is not there.</summary>
    public MemberLine? Find(SiloAddress silo) => Silos.FirstOrDefault(line => line.Address == silo.ToParsableString());

    /// <summary>The same with one silo added or replaced.</summary>
    /// <param name="version">The version from now on; null when it stays.</param>
    public MembershipText With(MemberLine line, int? version = null)
    {
        List<MemberLine> others = [.. Silos.Where(other => other.Address != line.Address)];
        string[] forgotten =
        [
            .. others.Where(other => other.Status == SiloStatus.Dead).OrderByDescending(other => other.SeenAt).Skip(DeadMax).Select(other => other.Address),
        ];
        return new()
        {
            Version = version ?? Version,
            Silos = [.. others.Where(other => !forgotten.Contains(other.Address)), line],
        };
    }

    /// <summary>The same without silos that are not active and were last heard of before a time; this when there is none.</summary>
    public MembershipText Without(DateTime before)
    {
        MemberLine[] kept = [.. Silos.Where(line => line.Status == SiloStatus.Active || line.SeenAt >= before)];
        return kept.Length == Silos.Count ? this : this with { Silos = kept };
    }
}
