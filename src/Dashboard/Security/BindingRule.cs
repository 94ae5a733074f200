using System.Net;

namespace OrleansSgd.Dashboard.Security;

/// <summary>Where a grid may be reached over HTTP: by this machine as it is, by others only with a certificate and tokens.</summary>
public static class BindingRule
{
    /// <summary>Why an address may not be listened on, and what to do about it; null when it may.</summary>
    /// <param name="address">The address to listen on.</param>
    /// <param name="hasCertificate">Whether what is sent is encrypted.</param>
    /// <param name="hasTokens">Whether who asks must show a token.</param>
    public static string? Mistake(IPAddress address, bool hasCertificate, bool hasTokens)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (IPAddress.IsLoopback(address) || (hasCertificate && hasTokens))
        {
            return null;
        }

        string missing = (hasCertificate, hasTokens) switch
        {
            (false, false) => "a certificate and tokens",
            (false, true) => "a certificate",
            _ => "tokens",
        };
        return $"The dashboard is to listen on {address}, which other machines reach, without {missing}. " +
            "Give both (certificate: PATH, tokens: FILE), or listen on 127.0.0.1.";
    }
}
