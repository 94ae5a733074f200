using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Xunit.Abstractions;

namespace OrleansSgd.Client.Tests.Running;

/// <summary>
/// Goal: no secret leaves the place it was given in. Method: each kind is planted, the real program does everything that touches it with the
/// most talkative log, and then all it printed and wrote is searched, traces and reports included.
/// </summary>
public sealed class PlantedSecretTests(ITestOutputHelper output) : IDisposable
{
    private const string ReadToken = "planted-read-token-7d1c";
    private const string OperateToken = "planted-operate-token-52ab";
    private const string Password = "planted-password-90fe";
    private const string Account = "planted-account-key-31c8-and-some-letters-more";

    private readonly GridOfTest _grid = new();
    private readonly StringBuilder _said = new();
    private string _certificate = "";

    private static string AccountKey => Convert.ToBase64String(Encoding.UTF8.GetBytes(Account));

    public void Dispose() => _grid.Dispose();

    [Fact]
    public async Task Secrets_are_in_nothing_that_the_program_prints_or_writes()
    {
        string job = _grid.Text("job.yaml", TinyJob.Yaml);
        string given = Directory.CreateDirectory(_grid["given"]).FullName;
        Plant(given);
        byte[][] planted;
        using (SiloProcess silo = await SiloProcess.StartAsync(_grid, "--log", "debug"))
        {
            string secrets = _grid.Variables["ORLEANS_INPROCESS_SECRETS"]!;
            planted = [.. Forms(), .. Directory.Exists(secrets) ? Directory.GetFiles(secrets).SelectMany(file => FormsOf(File.ReadAllBytes(file))) : []];
            Say(await _grid.ConsoleAsync("submit", job, "--watch", "--json"));
            await BrowseAsync(silo.Http);
            Say(await _grid.ConsoleAsync("doctor", "--quick"));
            Say(await silo.StopAsync());
        }

        await MisuseAsync(job);

        string[] files = [.. Directory.GetFiles(_grid.Folder, "*", SearchOption.AllDirectories)
            .Where(file => !file.StartsWith(given, StringComparison.Ordinal) && !file.StartsWith(_grid["secrets"], StringComparison.Ordinal))];
        output.WriteLine($"{files.Length} files, {_said.Length} characters");
        Assert.Contains(files, file => file.EndsWith("trace.jsonl", StringComparison.Ordinal));
        Assert.Contains(files, file => file.EndsWith("report.html", StringComparison.Ordinal));
        Assert.Contains("completed", _said.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(files, file => Has(File.ReadAllBytes(file), planted));
        Assert.DoesNotContain(_said.ToString().Split('\n'), line => Has(Encoding.UTF8.GetBytes(line), planted));
    }

    [Theory]
    [InlineData("{\"token\":\"planted-read-token-7d1c\"}")]
    [InlineData("AccountKey=cGxhbnRlZC1hY2NvdW50LWtleS0zMWM4LWFuZC1zb21lLWxldHRlcnMtbW9yZQ==;")]
    [InlineData("706C616E7465642D70617373776F72642D39306665")]
    public void A_secret_that_is_told_is_found(string line) => Assert.True(Has(Encoding.UTF8.GetBytes(line), [.. Forms()]));

    private void Plant(string given)
    {
        Secret("tokens", $"read {ReadToken}\noperate {OperateToken}\n");
        Secret("password", Password);
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(100));
        _certificate = certificate.GetCertHashString(HashAlgorithmName.SHA256);
        File.WriteAllBytes(Path.Combine(given, "grid.pfx"), certificate.Export(X509ContentType.Pfx, Password));
        _grid.Variables["GRID_TOKENS_FILE"] = Path.Combine(given, "tokens");
        _grid.Variables["GRID_CERTIFICATE"] = Path.Combine(given, "grid.pfx");
        _grid.Variables["GRID_CERTIFICATE_PASSWORD_FILE"] = Path.Combine(given, "password");
        _grid.Variables["GRID_STORE_CONNECTION"] = $"DefaultEndpointsProtocol=http;AccountName=a;AccountKey={AccountKey};BlobEndpoint=http://127.0.0.1:1/a;";

        void Secret(string name, string text)
        {
            string path = _grid.Text(Path.Combine("given", name), text);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }
        }
    }

    // With the right token, with a wrong one, and by the form.
    private async Task BrowseAsync(Uri silo)
    {
        using var handler = new HttpClientHandler
        {
            AllowAutoRedirect = false,
            // Signed by itself a moment ago, so that nobody but this test knows it.
            ServerCertificateCustomValidationCallback = (_, shown, _, _) => shown?.GetCertHashString(HashAlgorithmName.SHA256) == _certificate,
        };
        using var client = new HttpClient(handler) { BaseAddress = silo };
        client.DefaultRequestHeaders.Add("X-Grid-Order", "1");
        foreach ((string token, HttpStatusCode expected) in new[] { (OperateToken, HttpStatusCode.OK), (OperateToken + "x", HttpStatusCode.Unauthorized) })
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using HttpResponseMessage about = await client.GetAsync(new Uri("/api/about", UriKind.Relative));
            using HttpResponseMessage order = await client.PostAsync(new Uri("/api/jobs/tiny-1/pause", UriKind.Relative), null);
            using HttpResponseMessage lost = await client.GetAsync(new Uri($"/api/jobs/{token}/trace", UriKind.Relative));
            Assert.Equal(expected, about.StatusCode);
        }

        client.DefaultRequestHeaders.Authorization = null;
        using var form = new FormUrlEncodedContent([new("token", ReadToken)]);
        using HttpResponseMessage signedIn = await client.PostAsync(new Uri("/sign-in", UriKind.Relative), form);
        Assert.Equal("/", signedIn.Headers.Location?.ToString());
    }

    // What is wrong beside a secret, or with it, is told without it.
    private async Task MisuseAsync(string job)
    {
        Say(await _grid.ConsoleAsync("silo", "--store", "blob:planted", "--exit-when-done", "--job", job, "--http", "off", "--log", "debug"));
        _grid.Variables["GRID_STORE_CONNECTION"] = $"AccountName=a;AccountKey={Account}!;";
        Say(await _grid.ConsoleAsync("silo", "--store", "blob:planted", "--exit-when-done"));
        _grid.Variables["GRID_CERTIFICATE_PASSWORD_FILE"] = _grid.Variables["GRID_TOKENS_FILE"];
        _grid.Variables["GRID_TOKENS_FILE"] = _grid["given/password"];
        Say(await _grid.ConsoleAsync("silo", "--exit-when-done", "--http", "127.0.0.1:1"));
    }

    private void Say(GridRun run) => _said.Append(run.Out).Append('\n').Append(run.Error).Append('\n');

    private static IEnumerable<byte[]> Forms() =>
        new[] { ReadToken, OperateToken, Password, Account }.SelectMany(secret => FormsOf(Encoding.UTF8.GetBytes(secret)));

    // As it is, and as programs like to show bytes.
    private static IEnumerable<byte[]> FormsOf(byte[] secret) =>
    [
        secret, Encoding.UTF8.GetBytes(Convert.ToBase64String(secret)), Encoding.UTF8.GetBytes(Convert.ToHexString(secret)),
        Encoding.UTF8.GetBytes(Convert.ToHexStringLower(secret)),
    ];

    private static bool Has(byte[] content, byte[][] planted) => planted.Any(secret => content.AsSpan().IndexOf(secret) >= 0);
}
