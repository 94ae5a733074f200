using System.Net;
using System.Net.Sockets;

namespace OrleansSgd.Silo.Clustering;

/// <summary>The address that a silo tells others: an IP address, or <c>auto</c> for the one that this machine's own name stands for.</summary>
/// <remarks>Containers of one image have the same configuration and different addresses, so they say auto.</remarks>
public static class AdvertisedAddress
{
    /// <summary>The word for this machine's own address.</summary>
    public const string Auto = "auto";

    /// <summary>Reads the setting.</summary>
    /// <param name="text">As configured.</param>
    /// <param name="lookUp">The addresses of a machine's name; null asks the system.</param>
    /// <returns>The address, or one sentence why there is none.</returns>
    public static (IPAddress? Address, string? Mistake) Of(string text, Func<string, IPAddress[]>? lookUp = null)
    {
        if (text != Auto)
        {
            return IPAddress.TryParse(text, out IPAddress? given) && !given.Equals(IPAddress.Any) && !given.Equals(IPAddress.IPv6Any)
                ? (given, null)
                : (null, $"address is '{text}'; use the IP address by which other machines reach this one, or {Auto}.");
        }

        string name = Dns.GetHostName();
        try
        {
            IPAddress[] found = (lookUp ?? Dns.GetHostAddresses)(name);
            IPAddress? own = found.FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address))
                ?? found.FirstOrDefault(address => !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal);
            return own is not null
                ? (own, null)
                : (null, $"address is '{Auto}', but the name of this machine, {name}, stands for no address other than loopback; give the address itself.");
        }
        catch (SocketException error)
        {
            return (null, $"address is '{Auto}', but the name of this machine, {name}, cannot be looked up ({error.Message}); give the address itself.");
        }
    }
}
