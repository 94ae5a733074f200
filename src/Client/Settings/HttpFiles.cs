using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using OrleansSgd.Silo.Http;

namespace OrleansSgd.Client.Settings;

/// <summary>Opens the files that make HTTP safe: the certificate and the tokens.</summary>
internal static class HttpFiles
{
    /// <summary>The place with both, where they are given; null when one of them is not usable.</summary>
    public static HttpPlace? Open(SettingsFound settings, IPEndPoint at, List<string> mistakes)
    {
        int before = mistakes.Count;
        X509Certificate2? certificate = null;
        AccessTokens? tokens = null;
        if (settings.Find(GridSettings.Certificate) is { } file)
        {
            certificate = Certificate(file, settings.Content(GridSettings.CertificatePasswordFile), mistakes);
        }

        if (settings.Find(GridSettings.Tokens) is { } named)
        {
            (tokens, IReadOnlyList<string> wrong) = AccessTokens.Load(named.Text);
            mistakes.AddRange(wrong.Select(mistake => $"{named.Origin}: {mistake}"));
        }

        return mistakes.Count == before ? new HttpPlace(at, certificate, tokens) : null;
    }

    private static X509Certificate2? Certificate(SettingValue file, string? password, List<string> mistakes)
    {
        try
        {
            return !file.Text.EndsWith(".pem", StringComparison.OrdinalIgnoreCase) ? X509CertificateLoader.LoadPkcs12FromFile(file.Text, password)
                : password is null ? X509Certificate2.CreateFromPemFile(file.Text)
                : X509Certificate2.CreateFromEncryptedPemFile(file.Text, password);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            mistakes.Add(file.Mistake($"it cannot be opened ({error.Message.TrimEnd('.')}); {GridSettings.Certificate.Allowed}, and its password in certificatePasswordFile"));
            return null;
        }
    }
}
