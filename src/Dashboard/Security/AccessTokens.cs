using System.Security.Cryptography;
using System.Text;

namespace OrleansSgd.Dashboard.Security;

/// <summary>The tokens of a grid and what each allows: a file of lines <c>role token</c>; empty lines and lines that begin with # are skipped.</summary>
/// <remarks>
/// Only hashes are kept. A question is compared with every one of them, all bytes each time: how long an answer takes says nothing of how much of a
/// token was right, nor of which.
/// </remarks>
public sealed class AccessTokens
{
    /// <summary>Fewest characters of a token: 16 that are drawn at random cannot be tried out.</summary>
    public const int LengthMin = 16;

    /// <summary>Most characters of a token; longer ones are refused unread.</summary>
    public const int LengthMax = 512;

    private readonly (byte[] Hash, AccessRole Role)[] _tokens;

    private AccessTokens((byte[] Hash, AccessRole Role)[] tokens) => _tokens = tokens;

    /// <summary>How many there are.</summary>
    public int Count => _tokens.Length;

    /// <summary>Reads the text of a file of tokens.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="mistakes">Everything wrong with it, by line, without any token in it.</param>
    /// <returns>Null when there are mistakes.</returns>
    public static AccessTokens? Parse(string text, out IReadOnlyList<string> mistakes)
    {
        ArgumentNullException.ThrowIfNull(text);
        var tokens = new List<(byte[] Hash, AccessRole Role)>();
        var found = new List<string>();
        int number = 0;
        foreach (string line in text.Split('\n').Select(line => line.Trim()))
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            AccessRole role = words[0] switch
            {
                "read" => AccessRole.Read,
                "submit" => AccessRole.Submit,
                "operate" => AccessRole.Operate,
                _ => AccessRole.None,
            };
            if (words.Length != 2 || role == AccessRole.None)
            {
                found.Add($"Line {number} of the tokens is no 'role token'; the role is read, submit or operate.");
            }
            else if (words[1].Length is < LengthMin or > LengthMax)
            {
                found.Add($"The token in line {number} has {words[1].Length} characters; use {LengthMin} to {LengthMax}, drawn at random.");
            }
            else
            {
                tokens.Add((HashOf(words[1]), role));
            }
        }

        if (tokens.Count == 0 && found.Count == 0)
        {
            found.Add("The file of tokens has no token; write lines of 'role token', the role being read, submit or operate.");
        }

        mistakes = found;
        return found.Count == 0 ? new AccessTokens([.. tokens]) : null;
    }

    /// <summary>What a token allows; nothing when it is none of them.</summary>
    public AccessRole RoleOf(string? token)
    {
        if (token is null || token.Length is < LengthMin or > LengthMax)
        {
            return AccessRole.None;
        }

        byte[] hash = HashOf(token);
        AccessRole role = AccessRole.None;
        foreach ((byte[] known, AccessRole allowed) in _tokens)
        {
            bool isIt = CryptographicOperations.FixedTimeEquals(known, hash);
            role = isIt && allowed > role ? allowed : role;
        }

        return role;
    }

    private static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
