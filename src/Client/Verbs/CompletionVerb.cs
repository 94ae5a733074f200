using System.CommandLine;

namespace OrleansSgd.Client.Verbs;

/// <summary><c>grid completion bash|zsh|fish</c>: a script that has the shell complete verbs and options.</summary>
/// <remarks>The script asks the program itself, by its hidden verb <c>complete</c>, so it never falls behind.</remarks>
internal static class CompletionVerb
{
    /// <summary>The verb that the scripts call: what may follow a line that is being typed, one word a line.</summary>
    public const string Asked = "complete";

    private const string Bash = """
        _grid_complete() {
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" complete "${COMP_LINE:0:COMP_POINT}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _grid_complete grid ./grid
        """;

    private const string Zsh = """
        #compdef grid
        _grid() {
            local -a words_found
            words_found=("${(@f)$("${words[1]}" complete "${BUFFER[1,CURSOR]}" 2>/dev/null)}")
            compadd -a words_found || _files
        }
        compdef _grid grid ./grid
        """;

    private const string Fish = """
        complete -c grid -a '(eval (commandline -po)[1] complete (string escape -- (commandline -cp)) 2>/dev/null)'
        """;

    public static Command Create(Terminal terminal)
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var verb = new Command("completion", HelpText.With(
            "Prints a script that completes verbs and options.",
            "source <(grid completion bash)", "grid completion zsh > \"${fpath[1]}/_grid\"", "grid completion fish > ~/.config/fish/completions/grid.fish"))
        {
            shell,
        };
        verb.SetAction(parsed => terminal.Out.WriteLine(parsed.GetRequiredValue(shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Fish }));
        return verb;
    }

    /// <summary>The verb that the scripts ask; help does not show it.</summary>
    /// <param name="root">Every verb of the program.</param>
    public static Command CreateAsked(Terminal terminal, Command root)
    {
        var line = new Argument<string>("LINE");
        var verb = new Command(Asked, "What may follow a line that is being typed.") { line };
        verb.Hidden = true;
        verb.SetAction(parsed =>
        {
            string typed = parsed.GetRequiredValue(line);
            int space = typed.IndexOf(' ', StringComparison.Ordinal);
            string rest = space < 0 ? "" : typed[(space + 1)..];
            foreach (string word in root.Parse(rest).GetCompletions(rest.Length).Select(one => one.Label).Distinct())
            {
                terminal.Out.WriteLine(word);
            }
        });
        return verb;
    }
}
