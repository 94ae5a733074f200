using System.Text.Encodings.Web;
using System.Text.Json;
using OrleansSgd.Client.JobFiles;
using OrleansSgd.Client.Reports;
using OrleansSgd.Experiments.Plots;

namespace OrleansSgd.Client.Pages;

/// <summary>The page about one run: one file that opens anywhere, without a network and without a script.</summary>
internal static class RunPage
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The document: HTML 5 that is well-formed XML too. Equal stories make equal bytes.</summary>
    public static string Of(RunStory story)
    {
        ArgumentNullException.ThrowIfNull(story);
        var page = new HtmlText();
        page.Markup("<!DOCTYPE html>\n").Open("html", ("lang", "en")).Open("head").Markup("<meta charset=\"utf-8\"/>\n")
            .Markup("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n")
            .Markup("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n")
            .Element("title", $"{story.Job}: a training run").Open("style").Markup(PageStyle.Sheet).Close("style").Close("head").Open("body").Open("main");
        Heading(page, story);
        What(page, story);
        Plots(page, story);
        RunTables.Figures(page, story);
        RunTables.Sentences(page, story, "alarms", "Checks that do not hold");
        RunTables.Sentences(page, story, "warnings", "Notes");
        RunTables.Churn(page, story);
        RunTables.Epochs(page, story);
        RunTables.Events(page, story);
        Again(page, story);
        return page.Close("main").Close("body").Close("html").ToString();
    }

    private static void Heading(HtmlText page, RunStory story)
    {
        string outcome = story.Outcome.Length == 0 ? "unfinished" : story.Outcome;
        page.Element("h1", story.Job).Open("p").Element("span", outcome, ("class", $"badge {outcome}")).Say(" ");
        JsonElement certificate = RunStory.Field(story.Closing, "certificate") ?? default;
        if (RunStory.Text(certificate, "status") is { } status)
        {
            page.Element("span", $"certificate {status}", ("class", status == Grains.Contracts.CertificateProgress.Void ? "badge void" : "badge"));
        }

        page.Close("p").Element("p", RunSentence.Of(story), ("class", "lead"), ("id", "outcome"));
    }

    private static void What(HtmlText page, RunStory story)
    {
        page.Element("h2", "What was run, and where").Open("div", ("class", "scroll")).Open("table").Open("tbody");
        foreach ((string label, string? text) in Rows(story))
        {
            if (text is { Length: > 0 })
            {
                page.Open("tr").Element("th", label, ("scope", "row")).Element("td", text).Close("tr");
            }
        }

        page.Close("tbody").Close("table").Close("div");
    }

    private static IEnumerable<(string Label, string? Text)> Rows(RunStory story)
    {
        JsonElement run = Inner(story, "run");
        JsonElement data = Inner(story, "data");
        yield return ("Model", Join(RunStory.Text(Inner(story, "model"), "kind"), Counted(story.Started, "parameters", "parameter")));
        yield return ("Data", RunStory.Text(data, "kind"));
        yield return ("Mode", Join(
            RunStory.Text(run, "mode"), RunStory.Text(RunStory.Field(run, "codec") ?? default, "kind"),
            RunStory.Text(RunStory.Field(run, "rule") ?? default, "kind")));
        yield return ("Workers, shards, silos", Join(
            Counted(story.Started, "workers", "worker"), Counted(story.Started, "shards", "shard"), Counted(story.Started, "silos", "silo")));
        yield return ("Silos that were there", string.Join(", ", story.Silos));
        yield return ("Seeds", Join(Raw("run", story.Started, "seed"), Raw("data", data, "seed")));
        yield return ("Began", RunStory.Text(story.About, "startedAt"));
        yield return ("Program", Join(
            Raw("grid", story.About, "version"), Raw("runtime", story.Started, "runtime"), Raw("torch", story.Started, "torch"),
            Raw(".NET", story.About, "dotnet")));
        double memory = RunStory.Number(story.About, "memoryBytes");
        yield return ("Machine", Join(
            RunStory.Text(story.About, "system"), Counted(story.About, "processors", "processor"),
            double.IsFinite(memory) ? $"{Figures.One(memory / (1L << 30))} GiB of memory" : null));
    }

    private static void Plots(HtmlText page, RunStory story)
    {
        (SvgPlot Plot, string Caption)[] plots = [.. RunPlots.Of(story)];
        if (plots.Length == 0)
        {
            return;
        }

        page.Element("h2", "Plots");
        if (RunPlots.Marked(story).Any())
        {
            page.Element("p", "Dashed red lines are the numbered events of the table below.", ("class", "faint"));
        }

        page.Open("div", ("class", "plots"));
        foreach ((SvgPlot plot, string caption) in plots)
        {
            page.Open("figure").Markup(plot.ToString()).Element("figcaption", caption).Close("figure");
        }

        page.Close("div");
    }

    private static void Again(HtmlText page, RunStory story)
    {
        page.Element("h2", "How to run and certify it again");
        if (story.Plan is { } plan)
        {
            page.Element("p", "Save this as again.yaml and run: grid train again.yaml. Equal seeds give equal bits with mode bsp; elsewhere the order of arrival is "
                + "chance.");
            page.Element("pre", JobFileText.Of(plan, (int)HappeningText.Whole(story.Started, "silos")), ("id", "job"));
        }

        page.Element("p", RunStory.Text(story.Closing, "trace") is { } trace
            ? $"To check the run from its trace alone: grid certify {trace}, in the folder of this page."
            : "This run left no trace, so it cannot be certified afterwards.");
        if (story.Plan is { } whole)
        {
            page.Open("details").Element("summary", "The whole plan, defaults included")
                .Element("pre", JsonSerializer.Serialize(whole, Indented)).Close("details");
        }
    }

    private static JsonElement Inner(RunStory story, string section) => story.Plan is { } plan ? RunStory.Field(plan, section) ?? default : default;

    private static string? Counted(JsonElement fields, string name, string noun) =>
        RunStory.Field(fields, name) is { ValueKind: JsonValueKind.Number } count ? Figures.Of(count.GetInt64(), noun) : null;

    private static string? Raw(string label, JsonElement fields, string name) =>
        RunStory.Field(fields, name) is { } value ? $"{label} {(value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText())}" : null;

    private static string Join(params ReadOnlySpan<string?> parts) => string.Join(", ", parts.ToArray().Where(part => part is { Length: > 0 }));
}
