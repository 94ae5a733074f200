namespace OrleansSgd.Client.JobFiles;

/// <summary>Finds the word somebody probably meant.</summary>
internal static class Suggestion
{
    // Longer words are cut: nobody misspells a key of 64 letters, and the table below stays small.
    private const int LengthMax = 64;

    /// <summary>The nearest known word, when it is near: at most one edit for each three letters, and one at least.</summary>
    public static string? For(string word, IEnumerable<string> known)
    {
        string? nearest = null;
        int least = int.MaxValue;
        foreach (string candidate in known)
        {
            int edits = Edits(word.ToLowerInvariant(), candidate.ToLowerInvariant());
            if (edits < least && edits <= Math.Max(1, candidate.Length / 3))
            {
                least = edits;
                nearest = candidate;
            }
        }

        return nearest;
    }

    /// <summary>Insertions, deletions, replacements and swaps of neighbours that turn one word into the other.</summary>
    public static int Edits(string a, string b)
    {
        a = a.Length > LengthMax ? a[..LengthMax] : a;
        b = b.Length > LengthMax ? b[..LengthMax] : b;
        var edits = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                edits[i, j] = i == 0 || j == 0
                    ? i + j
                    : Math.Min(
                        Math.Min(edits[i - 1, j], edits[i, j - 1]) + 1,
                        edits[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    edits[i, j] = Math.Min(edits[i, j], edits[i - 2, j - 2] + 1);
                }
            }
        }

        return edits[a.Length, b.Length];
    }
}
