namespace OrleansSgd.Client.Tests.Verbs;

public sealed class CompletionTests
{
    [Theory]
    [InlineData("grid sub", "submit")]
    [InlineData("./grid silo --gate", "--gateway-port")]
    [InlineData("grid completion ", "fish")]
    public async Task What_may_follow_is_what_the_program_has(string typed, string word)
    {
        GridRun run = await GridRun.InProcessAsync("complete", typed);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains(word, run.Lines);
    }

    [Theory]
    [InlineData("bash", "COMPREPLY")]
    [InlineData("zsh", "compadd")]
    [InlineData("fish", "commandline")]
    public async Task Each_shell_gets_a_script_that_asks_the_program(string shell, string word)
    {
        GridRun run = await GridRun.InProcessAsync("completion", shell);

        Assert.Contains(word, run.Out, StringComparison.Ordinal);
        Assert.Contains(" complete ", run.Out, StringComparison.Ordinal);
    }
}
