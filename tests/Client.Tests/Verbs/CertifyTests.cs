using System.Globalization;
using System.Text.Json;

namespace OrleansSgd.Client.Tests.Verbs;

/// <summary>Goal: what the console says of a trace is what the trace shows. Method: train, certify, damage, certify again.</summary>
public sealed class CertifyTests
{
    private static readonly string Job = TinyJob.With(("rate: 0.1", "rate: 0.02"), ("epochs: 2", "epochs: 4"));

    [Fact]
    public async Task A_run_that_holds_is_certified_with_the_figures_that_were_shown_live()
    {
        using var folder = new TempFolder();
        GridRun train = await GridRun.InProcessAsync("train", folder.Text("tiny.yaml", Job), "--json", "--out", folder["runs"]);
        JsonElement shown = JsonDocument.Parse(train.Lines[^1]).RootElement;

        GridRun certify = await GridRun.InProcessAsync("certify", shown.GetProperty("trace").GetString()!, "--json");

        Assert.Equal((0, ""), (certify.ExitCode, certify.Error));
        JsonElement certified = JsonDocument.Parse(Assert.Single(certify.Lines)).RootElement;
        Assert.True(certified.GetProperty("exactlyOnce").GetBoolean());
        Assert.Equal(shown.GetProperty("updates").GetInt64(), certified.GetProperty("tickets").GetInt64());
        foreach (string part in (string[])["value", "optimisation", "staleness", "noise"])
        {
            Assert.Equal(Part(shown, part), Part(certified, part), 1e-9 * Math.Abs(Part(shown, part)));
        }
    }

    [Fact]
    public async Task A_trace_that_was_changed_or_cut_short_ends_with_2_and_says_where()
    {
        using var folder = new TempFolder();
        await GridRun.InProcessAsync("train", folder.Text("tiny.yaml", Job), "--out", folder["runs"]);
        string[] lines = await File.ReadAllLinesAsync(folder["runs/tiny-1/trace.jsonl"]);
        int cut = Array.FindLastIndex(lines, line => line.Contains("orleanssgd.loss_error", StringComparison.Ordinal));
        JsonElement loss = ValueOf(lines[cut], "orleanssgd.loss");
        string changed = (loss.GetDouble() * 1.01).ToString(CultureInfo.InvariantCulture);

        GridRun tampered = await GridRun.InProcessAsync("certify", folder.Text(
            "tampered.jsonl", string.Join('\n', lines.Select((line, i) => i == cut ? line.Replace(loss.GetRawText(), changed, StringComparison.Ordinal) : line))));
        GridRun truncated = await GridRun.InProcessAsync("certify", folder.Text("truncated.jsonl", string.Join('\n', lines.Where(line => !line.Contains("\"ledger.close\"", StringComparison.Ordinal)))));
        GridRun missing = await GridRun.InProcessAsync("certify", folder["nothing.jsonl"]);

        Assert.Equal((2, 2, 2), (tampered.ExitCode, truncated.ExitCode, missing.ExitCode));
        Assert.Contains("tampered.jsonl", tampered.Error + tampered.Out, StringComparison.Ordinal);
        Assert.Contains("has no ledger.close", truncated.Error + truncated.Out, StringComparison.Ordinal);
        Assert.Contains("nothing.jsonl", missing.Error + missing.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rate_above_what_theory_allows_is_void_and_ends_with_2()
    {
        using var folder = new TempFolder();
        GridRun train = await GridRun.InProcessAsync(
            "train", folder.Text("tiny.yaml", TinyJob.With(("rate: 0.1", "rate: 5"))), "--out", folder["runs"]);

        GridRun certify = await GridRun.InProcessAsync("certify", folder["runs/tiny-1/trace.jsonl"]);

        Assert.Equal((0, 2), (train.ExitCode, certify.ExitCode));
        Assert.Contains("VOID: α·L is", train.Out, StringComparison.Ordinal);
        Assert.Contains("VOID. α·L is", certify.Out, StringComparison.Ordinal);
    }

    private static double Part(JsonElement ended, string part) => ended.GetProperty("certificate").GetProperty(part).GetDouble();

    private static JsonElement ValueOf(string line, string attribute)
    {
        foreach (JsonElement span in JsonDocument.Parse(line).RootElement.GetProperty("resourceSpans").EnumerateArray()
            .SelectMany(one => one.GetProperty("scopeSpans").EnumerateArray())
            .SelectMany(one => one.GetProperty("spans").EnumerateArray()))
        {
            foreach (JsonElement one in span.GetProperty("attributes").EnumerateArray())
            {
                if (one.GetProperty("key").GetString() == attribute)
                {
                    return one.GetProperty("value").GetProperty("doubleValue");
                }
            }
        }

        throw new InvalidOperationException($"The line has no {attribute}.");
    }
}
