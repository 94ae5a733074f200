using System.Collections;
using System.CommandLine;
using OrleansSgd.Client.Settings;
using OrleansSgd.Silo.Http;
using OrleansSgd.Testing;

namespace OrleansSgd.Client.Tests.Settings;

public sealed class SettingsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_flag_wins_over_the_environment_and_the_environment_over_the_file()
    {
        string file = _folder.Text("grid.yaml", "store: from-file\ncheckpoint: 1\nsilos: 2\n");

        (SettingsFound found, List<string> mistakes) = Read(
            new() { ["GRID_STORE"] = "from-environment", ["GRID_CHECKPOINT"] = "2" }, "--config", file, "--store", "from-flag");

        Assert.Empty(mistakes);
        Assert.Equal("from-flag", found.Text(GridSettings.Store, ""));
        Assert.Equal(2, found.Number(GridSettings.Checkpoint, 0.1, 3600, 10));
        Assert.Equal(2, found.Whole(GridSettings.Silos, 1, 64, 1));
        Assert.Equal("default", found.Text(GridSettings.Cluster, "default"));
    }

    [Fact]
    public void Every_mistake_is_named_with_where_it_stands()
    {
        string file = _folder.Text("grid.yaml", "stoer: x\nsilos: [1]\ncheckpoint: soon\nstoreConnection: secret\nsilos: 3\n");

        (SettingsFound found, List<string> mistakes) = Read(new() { ["GRID_DRAIN_SECONDS"] = "-1" }, "--config", file, "--gateway-port", "70000");
        found.Number(GridSettings.Checkpoint, 0.1, 3600, 10);
        found.Number(GridSettings.DrainSeconds, 0, 600, 25);
        found.Whole(GridSettings.OwnGatewayPort, 1, 65535, 30000);

        Assert.Equal(
            [
                $"{file}:1:1: 'stoer' is not a setting; did you mean store?",
                $"{file}:2:8: silos is a list or a section; use 1 to 64.",
                $"{file}:4:18: storeConnection is a secret, which a configuration file must not have; set GRID_STORE_CONNECTION, or name a file in storeConnectionFile.",
                $"{file}:5:1: silos stands twice; keep one.",
                $"{file}:3:13: checkpoint is 'soon'; use 0.1 to 3600 seconds.",
                "GRID_DRAIN_SECONDS is -1; use 0 to 600 seconds.",
                "--gateway-port is 70000; use 1 to 65535.",
            ],
            mistakes);
        Assert.DoesNotContain(mistakes, mistake => mistake.Contains("secret;", StringComparison.Ordinal));
    }

    [Fact]
    public void A_variable_that_is_nearly_one_of_ours_is_a_mistake_and_a_strange_one_is_not()
    {
        string[] mistakes = [.. SettingsReader.Misspelt(new Hashtable { ["GRID_STROE"] = "x", ["GRID_STORE"] = "x", ["GRID_COMPUTING_CENTRE_ADDRESS"] = "x", ["PATH"] = "x" })];

        Assert.Equal(["GRID_STROE is not a variable of the grid; did you mean GRID_STORE?"], mistakes);
    }

    [Fact]
    public void Names_in_the_three_places_are_made_of_one_another()
    {
        foreach (Setting setting in GridSettings.All.Concat(GridSettings.OfClients))
        {
            Assert.StartsWith("GRID_", setting.Variable, StringComparison.Ordinal);
            Assert.Equal(setting.Flag, setting.Flag.ToLowerInvariant());
            Assert.EndsWith(".", setting.Meaning, StringComparison.Ordinal);
        }

        Assert.Equal(GridSettings.All.Count, GridSettings.All.Select(setting => setting.Key).Distinct().Count());
        Assert.Equal("--certificate-password-file", GridSettings.CertificatePasswordFile.Flag);
    }

    [Fact]
    public void The_page_of_settings_says_what_the_program_does()
    {
        string page = File.ReadAllText(RepositoryRoot.PathOf("docs/configuration.md"));
        foreach (Setting setting in GridSettings.All.Concat(GridSettings.OfClients))
        {
            string names = setting.IsSecret ? $"|  |  | `{setting.Variable}`" : $"| `{setting.Key}` | `{setting.Flag}` | `{setting.Variable}`";
            Assert.Contains($"{names} | {setting.Allowed} | {setting.Default} | {setting.Meaning} |", page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Http_that_other_machines_can_reach_is_refused_without_certificate_and_tokens()
    {
        GridRun run = await GridRun.InProcessAsync("silo", "--store", _folder["store"], "--http", "0.0.0.0:8265");

        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
        Assert.Contains("--http: HTTP on 0.0.0.0:8265 can be reached from other machines, so it needs TLS and tokens", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Tokens_are_good_for_their_role_and_no_mistake_quotes_one()
    {
        const string Secret = "0123456789abcdef0123";
        string file = _folder.Text("tokens", $"# roles\nread {Secret}\noperate {Secret}-too\n");
        string wrong = _folder.Text("wrong", $"reed {Secret}\nread short\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.SetUnixFileMode(wrong, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        (AccessTokens? tokens, _) = AccessTokens.Load(file);
        (AccessTokens? none, IReadOnlyList<string> mistakes) = AccessTokens.Load(wrong);

        Assert.Equal(AccessRole.Read, tokens!.RoleOf(Secret));
        Assert.Equal(AccessRole.Operate, tokens.RoleOf($"{Secret}-too"));
        Assert.Equal(AccessRole.None, tokens.RoleOf($"{Secret}-to"));
        Assert.Equal(AccessRole.None, tokens.RoleOf(null));
        Assert.Null(none);
        Assert.Equal(2, mistakes.Count);
        Assert.DoesNotContain(mistakes, mistake => mistake.Contains(Secret, StringComparison.Ordinal) || mistake.Contains("short", StringComparison.Ordinal));
    }

    [Fact]
    public void A_tokens_file_that_others_can_read_is_refused()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        string file = _folder.Text("tokens", "read 0123456789abcdef0123\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.OtherRead);

        Assert.Contains("can be read or written by others", Assert.Single(AccessTokens.Load(file).Mistakes), StringComparison.Ordinal);
    }

    private static (SettingsFound Found, List<string> Mistakes) Read(Dictionary<string, string> environment, params string[] args)
    {
        var reader = new SettingsReader(GridSettings.All);
        var verb = new Command("silo");
        foreach (Option option in reader.Options)
        {
            verb.Options.Add(option);
        }

        var terminal = new Terminal(TextWriter.Null, TextWriter.Null, false, name => environment.GetValueOrDefault(name), TimeProvider.System);
        var mistakes = new List<string>();
        return (reader.Read(verb.Parse(args), terminal, mistakes), mistakes);
    }
}
