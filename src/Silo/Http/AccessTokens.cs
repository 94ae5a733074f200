using System.Security.Cryptography;
using System.Text;

namespace OrleansSgd.Silo.Http;

/// <summary>What somebody may do; each role may do what those below it may.</summary>
public enum AccessRole
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>See jobs and silos.</summary>
    Read = 1,

    /// <summary>Submit jobs.</summary>
    Submit = 2,

    /// <summary>Pause, cancel and scale.</summary>
    Operate = 3,
}

/// <summary>Tokens and what they are good for. Only their digests are kept, and each question compares all of them in constant time.</summary>
public sealed class AccessTokens
{
    /// <summary>Shorter ones can be guessed.</summary>
    public const int LengthMin = 16;

    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite;

    private readonly (byte[] Digest, AccessRole Role)[] _tokens;

    private AccessTokens((byte[], AccessRole)[] tokens) => _tokens = tokens;

    /// <summary>Reads a file with a line <c>role token</c> for each; empty lines and lines that begin with # are passed over.</summary>
    /// <returns>The tokens, or every mistake in the file. None of them quotes a token.</returns>
    public static (AccessTokens? Tokens, IReadOnlyList<string> Mistakes) Load(string path)
    {
        string[] lines;
        try
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0)
            {
                return (null, [$"{path} can be read or written by others, so its tokens are no secrets; chmod 600 it."]);
            }

            lines = File.ReadAllLines(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return (null, [$"{path} cannot be read ({error.Message.TrimEnd('.')}); name a readable file with lines 'role token'."]);
        }

        var mistakes = new List<string>();
        var tokens = new List<(byte[], AccessRole)>();
        foreach ((int index, string line) in lines.Index())
        {
            string[] words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0 || words[0].StartsWith('#'))
            {
                continue;
            }

            AccessRole role = words[0] switch { "read" => AccessRole.Read, "submit" => AccessRole.Submit, "operate" => AccessRole.Operate, _ => AccessRole.None };
            if (words.Length != 2 || role == AccessRole.None || words[1].Length < LengthMin)
            {
                mistakes.Add($"{path}:{index + 1}: this is no token; write 'read', 'submit' or 'operate' and then {LengthMin} characters or more.");
                continue;
            }

            tokens.Add((DigestOf(words[1]), role));
        }

        if (tokens.Count == 0 && mistakes.Count == 0)
        {
            mistakes.Add($"{path} has no token; write a line such as 'read' and {LengthMin} characters or more.");
        }

        return mistakes.Count == 0 ? (new AccessTokens([.. tokens]), []) : (null, mistakes);
    }

    /// <summary>What a token is good for.</summary>
    public AccessRole RoleOf(string? token)
    {
        byte[] digest = DigestOf(token ?? "");
        var role = AccessRole.None;
        foreach ((byte[] known, AccessRole good) in _tokens)
        {
            bool isSame = CryptographicOperations.FixedTimeEquals(known, digest);
            role = isSame && good > role ? good : role;
        }

        return role;
    }

    private static byte[] DigestOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
