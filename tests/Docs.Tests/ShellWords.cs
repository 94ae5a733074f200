using System.Text;

namespace OrleansSgd.Docs.Tests;

/// <summary>Takes the lines of shell blocks apart, as far as documents use the shell: words, quotes, comments, and what stands between commands.</summary>
internal static class ShellWords
{
    private const string Program = "./grid";

    /// <summary>Each command of ./grid in a line, as its words joined by U+0001.</summary>
    public static IEnumerable<string> CommandsOf(string line) => Parts(line).Where(words => words.Count > 0)
        .Select(words => words.SkipWhile(word => word.Contains('=', StringComparison.Ordinal) && !word.StartsWith('-')).ToArray())
        .Where(words => words.Length > 0 && words[0] == Program)
        .Select(words => string.Join('\u0001', words.Skip(1)));

    // A pipe, a list, a background job or a redirection ends a command; what a redirection names is no word of it.
    private static IEnumerable<List<string>> Parts(string line)
    {
        List<string> words = [];
        var word = new StringBuilder();
        bool isWord = false;
        char quote = '\0';
        foreach (char one in line + " ")
        {
            if (quote != '\0')
            {
                quote = one == quote ? '\0' : quote;
                word.Append(one == quote || quote == '\0' ? "" : one.ToString());
            }
            else if (one is '\'' or '"')
            {
                (quote, isWord) = (one, true);
            }
            else if (one == '#' && !isWord)
            {
                break;
            }
            else if (char.IsWhiteSpace(one) || one is '|' or '&' or ';' or '(' or ')' or '>' or '<')
            {
                if (isWord && !(one is '>' or '<' && word.ToString() is "1" or "2"))
                {
                    words.Add(word.ToString());
                }

                word.Clear();
                isWord = false;
                if (!char.IsWhiteSpace(one))
                {
                    yield return words;
                    words = [];
                }
            }
            else
            {
                word.Append(one);
                isWord = true;
            }
        }

        if (isWord)
        {
            words.Add(word.ToString());
        }

        yield return words;
    }
}
