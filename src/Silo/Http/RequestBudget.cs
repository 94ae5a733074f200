using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace OrleansSgd.Silo.Http;

/// <summary>How many requests an address may still make: <see cref="BurstMax"/> at once, and then <see cref="PerSecond"/> a second.</summary>
/// <remarks>
/// <para>An address that asks too often slows itself down and nobody else. Of an IPv6 address the first half counts, since whoever has one has
/// all of its second half.</para>
/// <para>Memory is bounded: what at most <see cref="AddressesMax"/> addresses have left is known, and whoever comes on top shares one budget.
/// Any thread may call.</para>
/// </remarks>
/// <param name="time">Fills budgets again.</param>
public sealed class RequestBudget(TimeProvider time)
{
    /// <summary>Requests at once: some two hundred pages that open together ask about ten times each.</summary>
    public const int BurstMax = 2000;

    /// <summary>Requests a second that a budget grows by.</summary>
    public const int PerSecond = 200;

    /// <summary>Addresses that have a budget of their own.</summary>
    public const int AddressesMax = 4096;

    // A full table is looked through that often, so that many addresses cost little time.
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<UInt128, Bucket> _buckets = [];
    private Bucket _shared = new(BurstMax, time.GetTimestamp());
    private long _sweptAt = time.GetTimestamp();

    /// <summary>Addresses that have a budget of their own now.</summary>
    public int Addresses
    {
        get
        {
            lock (_gate)
            {
                return _buckets.Count;
            }
        }
    }

    /// <summary>Takes one request from an address's budget.</summary>
    /// <returns>False when none is left.</returns>
    public bool TrySpend(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        UInt128 key = KeyOf(address);
        lock (_gate)
        {
            long now = time.GetTimestamp();
            if (_buckets.TryGetValue(key, out Bucket known))
            {
                bool isIn = TrySpend(ref known, now);
                _buckets[key] = known;
                return isIn;
            }

            if (!HasRoom(now))
            {
                return TrySpend(ref _shared, now);
            }

            _buckets[key] = new Bucket(BurstMax - 1, now);
            return true;
        }
    }

    private static UInt128 KeyOf(IPAddress address)
    {
        byte[] bytes = address.MapToIPv6().GetAddressBytes();
        UInt128 whole = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return address.AddressFamily == AddressFamily.InterNetwork || address.IsIPv4MappedToIPv6 ? whole : whole >> 64 << 64;
    }

    private bool TrySpend(ref Bucket bucket, long now)
    {
        double left = LeftOf(bucket, now);
        bool isIn = left >= 1;
        bucket = new Bucket(isIn ? left - 1 : left, now);
        return isIn;
    }

    private double LeftOf(Bucket bucket, long now) => Math.Min(BurstMax, bucket.Left + (time.GetElapsedTime(bucket.At, now).TotalSeconds * PerSecond));

    // Whose budget is full again is as good as unknown.
    private bool HasRoom(long now)
    {
        if (_buckets.Count < AddressesMax)
        {
            return true;
        }

        if (time.GetElapsedTime(_sweptAt, now) < SweepPeriod)
        {
            return false;
        }

        _sweptAt = now;
        foreach ((UInt128 key, Bucket bucket) in _buckets)
        {
            if (LeftOf(bucket, now) >= BurstMax)
            {
                _buckets.Remove(key);
            }
        }

        return _buckets.Count < AddressesMax;
    }

    /// <param name="Left">Requests that were left then.</param>
    private readonly record struct Bucket(double Left, long At);
}
