using System.Globalization;
using System.Net;

namespace OrleansSgd.Silo.Clustering;

/// <summary>One silo of a <see cref="MembershipText"/>. Times are UTC.</summary>
internal sealed record MemberLine
{
    /// <summary>Address, port and generation, as <c>127.0.0.1:11111@42</c>.</summary>
    public string Address { get; init; } = "";

    /// <summary>Where it is in its life.</summary>
    public SiloStatus Status { get; init; }

    /// <summary>The table's version when this line was last changed; a writer must have read it.</summary>
    public int ChangedAt { get; init; }

    /// <summary>Port for clients; 0 for none.</summary>
    public int GatewayPort { get; init; }

    /// <summary>The machine.</summary>
    public string Host { get; init; } = "";

    /// <summary>A readable name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Null when it has none.</summary>
    public string? Role { get; init; }

    /// <summary>When it was started.</summary>
    public DateTime Started { get; init; }

    /// <summary>When it last wrote that it lives.</summary>
    public DateTime Alive { get; init; }

    /// <summary>Who suspects it, and since when.</summary>
    public IReadOnlyList<Suspicion> SuspectedBy { get; init; } = [];

    /// <summary>When it was last heard of, by itself or by those who suspect it.</summary>
    internal DateTime SeenAt => SuspectedBy.Select(suspicion => suspicion.At).Append(Started).Append(Alive).Max();

    /// <summary>False when a field that must be there is not.</summary>
    internal bool IsWhole => SuspectedBy is not null && TryParse(Address, out _);

    /// <summary>Where clients connect; null when they cannot.</summary>
    internal Uri? Gateway => Status == SiloStatus.Active && GatewayPort > 0 && TryParse(Address, out SiloAddress silo)
        ? new Uri(string.Create(CultureInfo.InvariantCulture, $"gwy.tcp://{new IPEndPoint(silo.Endpoint.Address, GatewayPort)}/{silo.Generation}"))
        : null;

    /// <summary>The line of an entry.</summary>
    /// <param name="version">The table's version from this change on.</param>
    public static MemberLine Of(MembershipEntry entry, int version) => new()
    {
        Address = entry.SiloAddress.ToParsableString(),
        Status = entry.Status,
        ChangedAt = version,
        GatewayPort = entry.ProxyPort,
        Host = entry.HostName ?? "",
        Name = entry.SiloName ?? "",
        Role = entry.RoleName,
        Started = Utc(entry.StartTime),
        Alive = Utc(entry.IAmAliveTime),
        SuspectedBy = [.. entry.SuspectTimes?.Select(suspect => new Suspicion(suspect.Item1.ToParsableString(), Utc(suspect.Item2))) ?? []],
    };

    /// <summary>The entry of this line, and what a conditional write of it compares.</summary>
    public Tuple<MembershipEntry, string> ToEntry() => new(
        new()
        {
            SiloAddress = SiloAddress.FromParsableString(Address),
            Status = Status,
            ProxyPort = GatewayPort,
            HostName = Host,
            SiloName = Name,
            RoleName = Role,
            StartTime = Utc(Started),
            IAmAliveTime = Utc(Alive),
            SuspectTimes = [.. SuspectedBy.Select(suspicion => Tuple.Create(SiloAddress.FromParsableString(suspicion.Silo), Utc(suspicion.At)))],
        },
        TagOf(ChangedAt));

    /// <summary>A version as the runtime compares it.</summary>
    public static string TagOf(int version) => version.ToString(CultureInfo.InvariantCulture);

    // The runtime's times are UTC, whatever they say of themselves.
    internal static DateTime Utc(DateTime time) => DateTime.SpecifyKind(time, DateTimeKind.Utc);

    private static bool TryParse(string text, out SiloAddress silo)
    {
        try
        {
            silo = SiloAddress.FromParsableString(text);
            return true;
        }
        catch (Exception error) when (error is FormatException or ArgumentException or OverflowException)
        {
            silo = SiloAddress.Zero;
            return false;
        }
    }
}

/// <summary>One silo's word that another may be dead.</summary>
/// <param name="Silo">Who says it.</param>
/// <param name="At">Since when.</param>
internal sealed record Suspicion(string Silo, DateTime At);
