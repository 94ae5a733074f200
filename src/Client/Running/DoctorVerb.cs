using System.CommandLine;
using System.Net;
using System.Text.Json;
using OrleansSgd.Client.Reports;
using OrleansSgd.Client.Settings;
using OrleansSgd.Client.Verbs;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Silo.Http;

namespace OrleansSgd.Client.Running;

/// <summary><c>grid doctor</c>: looks at this machine's silo and at the way to its grid, and says what is wrong and what to do.</summary>
/// <remarks>With <c>--quick</c> it only asks the silo whether it is ready, which is what a container's health check wants.</remarks>
internal static class DoctorVerb
{
    private static readonly TimeSpan HttpMax = TimeSpan.FromSeconds(5);

    private sealed record Finding(string Check, bool IsGood, string Text, string? Remedy = null);

    public static Command Create(Terminal terminal)
    {
        var settings = new SettingsReader([.. GridSettings.OfClients, .. GridSettings.All.Except(GridSettings.OfClients)]);
        var quick = new Option<bool>("--quick") { Description = "Ask the silo of this machine whether it is ready, and nothing else." };
        Option<bool> json = SharedOptions.Json();
        var verb = new Command("doctor", HelpText.With(
            "Checks settings, the silo of this machine, and the way to its grid.", "grid doctor", "grid doctor --quick    # health check of a container"));
        foreach (Option option in (Option[])[quick, json, .. settings.Options])
        {
            verb.Options.Add(option);
        }

        verb.SetAction(async (parsed, interrupted) =>
        {
            List<Finding> findings = await ExamineAsync(terminal, settings, parsed, parsed.GetValue(quick), interrupted);
            return Conclude(terminal, parsed.GetValue(json), findings);
        });
        return verb;
    }

    private static async Task<List<Finding>> ExamineAsync(
        Terminal terminal, SettingsReader reader, ParseResult parsed, bool isQuick, CancellationToken interrupted)
    {
        var mistakes = new List<string>(isQuick ? [] : SettingsReader.Misspelt(Environment.GetEnvironmentVariables()));
        SettingsFound settings = reader.Read(parsed, terminal, mistakes);
        ClientPlace place = ClientPlace.Of(settings, mistakes);
        List<Finding> findings = [.. mistakes.Select(mistake => new Finding("settings", false, mistake))];
        if (mistakes.Count == 0)
        {
            findings.Add(new Finding("settings", true, $"runtime {RuntimeName.Short}, cluster {place.Cluster}"));
        }

        if (settings.Text(GridSettings.Http, GridSettings.HttpAddress) != "off")
        {
            findings.Add(await HealthAsync(settings, interrupted));
        }

        if (!isQuick && mistakes.Count == 0)
        {
            findings.Add(await GridAsync(terminal, place, interrupted));
        }

        return findings;
    }

    private static async Task<Finding> HealthAsync(SettingsFound settings, CancellationToken interrupted)
    {
        IPEndPoint place = settings.EndPoints(GridSettings.Http, IPEndPoint.Parse(GridSettings.HttpAddress))[0];
        IPAddress own = place.Address.Equals(IPAddress.Any) ? IPAddress.Loopback : place.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : place.Address;
        bool isTls = settings.Has(GridSettings.Certificate);
        var address = new Uri($"{(isTls ? "https" : "http")}://{new IPEndPoint(own, place.Port)}{GridHttp.ReadyPath}");
        using var handler = new SocketsHttpHandler { UseProxy = false };
        if (isTls && HttpFiles.Open(settings, place, []) is { Certificate: { } certificate })
        {
            // It is made for the name that others use, not for this address: what counts is that it is the silo's own.
            handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == certificate.Thumbprint;
        }

        using var client = new HttpClient(handler) { Timeout = HttpMax };
        try
        {
            using HttpResponseMessage answer = await client.GetAsync(address, interrupted);
            if (answer.IsSuccessStatusCode)
            {
                return new Finding("silo", true, $"{address} says ready");
            }

            string body = await answer.Content.ReadAsStringAsync(interrupted);
            return new Finding("silo", false, $"{address} says {(int)answer.StatusCode}: {ReasonsOf(body)}", "The log of the silo has more: --log info.");
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException && !interrupted.IsCancellationRequested)
        {
            return new Finding(
                "silo", false, $"{address} does not answer: {error.Message}",
                "Start a silo with 'grid silo --store DIR', or say with --http where it answers; --http off leaves this check out.");
        }
    }

    private static string ReasonsOf(string body)
    {
        try
        {
            return string.Join(' ', JsonDocument.Parse(body).RootElement.GetProperty("reasons").EnumerateArray().Select(reason => reason.GetString()));
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return "it gives no reasons; is it a silo?";
        }
    }

    private static async Task<Finding> GridAsync(Terminal terminal, ClientPlace place, CancellationToken interrupted)
    {
        (GridConnection? opened, Failure? failure) = await GridConnection.OpenAsync(place, terminal.Time, interrupted);
        if (opened is null)
        {
            return new Finding("grid", false, failure!.Error, failure.Hint);
        }

        await using GridConnection connection = opened;
        try
        {
            GridOverview grid = await connection.Grains.GetGrain<IGridGrain>(IGridGrain.Key).Overview();
            return new Finding("grid", true, $"{grid.Cluster} at {place.Where}: {Figures.Of(grid.Silos.Length, "silo")}, store {grid.Store}");
        }
        catch (Exception error) when (error is OrleansException or TimeoutException)
        {
            return new Finding("grid", false, GridConnection.Unreachable(place, error).Error);
        }
    }

    private static int Conclude(Terminal terminal, bool isJson, List<Finding> findings)
    {
        var events = new EventWriter(terminal.Out);
        foreach (Finding finding in findings)
        {
            if (isJson)
            {
                events.Write("checked", json =>
                {
                    json.Text("check", finding.Check);
                    json.Flag("good", finding.IsGood);
                    json.Text("text", finding.Text);
                    json.Text("remedy", finding.Remedy);
                });
            }
            else
            {
                terminal.Out.WriteLine($"{(finding.IsGood ? "good" : "BAD "),-5} {finding.Check,-9} {finding.Text}{(finding.Remedy is { } remedy ? " " + remedy : "")}");
            }
        }

        int bad = findings.Count(finding => !finding.IsGood);
        if (bad == 0)
        {
            if (isJson)
            {
                events.Write("completed", json => json.Number("checks", findings.Count));
            }

            return ExitCodes.Done;
        }

        return Verdict.Failed(terminal, isJson, new Failure(
            findings.Any(finding => !finding.IsGood && finding.Check == "settings") ? ExitCodes.BadInput : ExitCodes.Unreachable,
            bad == 1 ? "1 check fails." : $"{bad} checks fail."));
    }
}
