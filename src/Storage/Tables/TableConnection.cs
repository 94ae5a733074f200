using System.Diagnostics.CodeAnalysis;

namespace OrleansSgd.Storage.Tables;

/// <summary>What a connection string says of a table service: where it is, and what proves that we may use it.</summary>
/// <param name="Endpoint">Its address, without a slash at the end.</param>
/// <param name="Account">Name of the account.</param>
/// <param name="Key">The account's key; null when <paramref name="Signature"/> is given.</param>
/// <param name="Signature">A shared access signature, as it stands in a query; null when <paramref name="Key"/> is given.</param>
internal sealed record TableConnection(string Endpoint, string Account, byte[]? Key, string? Signature)
{
    // Known to everybody: the account that every storage emulator has, and the port where it answers for tables.
    private const string Emulator =
        "AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;" +
        "TableEndpoint=http://127.0.0.1:10002/devstoreaccount1";

    /// <summary>Reads the string. Keys of other services are passed over.</summary>
    /// <param name="mistake">What is wrong with it, never quoting it: it is a secret.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out TableConnection? connection, [NotNullWhen(false)] out string? mistake)
    {
        Dictionary<string, string> parts = new(StringComparer.OrdinalIgnoreCase);
        foreach (string part in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                parts[part[..equals].Trim()] = part[(equals + 1)..].Trim();
            }
        }

        if (parts.GetValueOrDefault("UseDevelopmentStorage") is "true")
        {
            return TryParse(Emulator, out connection, out mistake);
        }

        (connection, mistake) = Read(parts);
        return connection is not null;
    }

    private static (TableConnection? Connection, string? Mistake) Read(Dictionary<string, string> parts)
    {
        string? account = parts.GetValueOrDefault("AccountName");
        string? signature = parts.GetValueOrDefault("SharedAccessSignature")?.TrimStart('?');
        string? endpoint = parts.GetValueOrDefault("TableEndpoint")
            ?? (account is null
                ? null
                : $"{parts.GetValueOrDefault("DefaultEndpointsProtocol", "https")}://{account}.table." +
                    parts.GetValueOrDefault("EndpointSuffix", "core.windows.net"));
        if (endpoint is null)
        {
            return (null, "names neither AccountName nor TableEndpoint");
        }

        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https") || address.Query.Length > 0)
        {
            return (null, "has a TableEndpoint that is no http or https address");
        }

        account ??= address.Host.Split('.')[0];
        if (signature is { Length: > 0 })
        {
            return (new(address.AbsoluteUri.TrimEnd('/'), account, null, signature), null);
        }

        byte[] key = new byte[1024];
        return Convert.TryFromBase64String(parts.GetValueOrDefault("AccountKey", ""), key, out int length) && length > 0
            ? (new(address.AbsoluteUri.TrimEnd('/'), account, key[..length], null), null)
            : (null, "has no AccountKey in base64, and no SharedAccessSignature");
    }
}
