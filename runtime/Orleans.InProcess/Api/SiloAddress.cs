using System.Globalization;
using System.Net;

namespace Orleans.Runtime;

/// <summary>Names one life of one silo: where it listens and which start it was.</summary>
[Immutable]
public sealed class SiloAddress : IEquatable<SiloAddress>, IComparable<SiloAddress>
{
    private static int _lastGeneration = (int)((DateTime.UtcNow - new DateTime(2022, 1, 1, 0, 0, 0, DateTimeKind.Utc)).Ticks / TimeSpan.TicksPerSecond);

    private SiloAddress(IPEndPoint endpoint, int generation)
    {
        Endpoint = endpoint;
        Generation = generation;
    }

    /// <summary>The address of no silo.</summary>
    public static SiloAddress Zero { get; } = new(new IPEndPoint(0, 0), 0);

    /// <summary>Where the silo listens.</summary>
    public IPEndPoint Endpoint { get; }

    /// <summary>Which start it was; larger is later.</summary>
    public int Generation { get; }

    /// <summary>The address of that start.</summary>
    public static SiloAddress New(IPEndPoint ep, int gen) => new(ep, gen);

    /// <summary>The address of that start.</summary>
    public static SiloAddress New(IPAddress address, int port, int generation) => new(new IPEndPoint(address, port), generation);

    /// <summary>A generation no silo of this process had.</summary>
    public static int AllocateNewGeneration() => Interlocked.Increment(ref _lastGeneration);

    /// <summary>Reads what <see cref="ToParsableString"/> wrote.</summary>
    /// <exception cref="FormatException">The text is not <c>address:port@generation</c>.</exception>
    public static SiloAddress FromParsableString(string addr)
    {
        ArgumentNullException.ThrowIfNull(addr);
        var at = addr.LastIndexOf('@');
        return at > 0 && IPEndPoint.TryParse(addr.AsSpan(0, at), out var endpoint)
            && int.TryParse(addr.AsSpan(at + 1), NumberStyles.Integer, CultureInfo.InvariantCulture, out var generation)
            ? new SiloAddress(endpoint, generation)
            : throw new FormatException($"'{addr}' is not a silo address; write address:port@generation.");
    }

    /// <summary>Text for <see cref="FromParsableString"/>.</summary>
    public string ToParsableString() => string.Create(CultureInfo.InvariantCulture, $"{Endpoint}@{Generation}");

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"S{Endpoint}:{Generation}");

    /// <inheritdoc/>
    public bool Equals(SiloAddress? other) =>
        other is not null && Generation == other.Generation && Endpoint.Equals(other.Endpoint);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SiloAddress);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Endpoint, Generation);

    /// <inheritdoc/>
    public int CompareTo(SiloAddress? other)
    {
        if (other is null)
        {
            return 1;
        }

        var order = Generation.CompareTo(other.Generation);
        return order != 0 ? order : string.CompareOrdinal(Endpoint.ToString(), other.Endpoint.ToString());
    }
}
