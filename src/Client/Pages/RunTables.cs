using System.Globalization;
using System.Text.Json;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Client.Pages;

/// <summary>The tables of a run's page.</summary>
internal static class RunTables
{
    // A run of thousands of epochs or changes keeps a page that opens at once; its events have them all.
    private const int RowsMax = 500;

    private static readonly string[] NotFigures = ["event", "job", "alarms", "warnings", "sampleReasons"];

    /// <summary>Every field of the closing event. <c>data-field</c> and <c>data-value</c> carry it as the event has it.</summary>
    public static void Figures(HtmlText page, RunStory story)
    {
        if (story.Closing.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        page.Element("h2", "Final figures").Open("div", ("class", "scroll")).Open("table").Open("tbody");
        foreach (JsonProperty field in story.Closing.EnumerateObject().Where(field => !NotFigures.Contains(field.Name)))
        {
            if (field.Value.ValueKind == JsonValueKind.Object)
            {
                foreach (JsonProperty inner in field.Value.EnumerateObject())
                {
                    Figure(page, $"{field.Name}.{inner.Name}", inner.Name, inner.Value);
                }
            }
            else
            {
                Figure(page, field.Name, field.Name, field.Value);
            }
        }

        if (RunStory.Field(story.Closing, "sampleReasons") is { } reasons)
        {
            foreach (JsonProperty reason in reasons.EnumerateObject())
            {
                string label = $"Samples {RunStoryReader.SentenceOf(reason.Name)}";
                Row(page, $"sampleReasons.{reason.Name}", label, reason.Value, Reports.Figures.Count(reason.Value.GetDouble()));
            }
        }

        page.Close("tbody").Close("table").Close("div");
    }

    /// <summary>Samples and results, epoch by epoch.</summary>
    public static void Epochs(HtmlText page, RunStory story)
    {
        if (story.Evaluations.Count == 0)
        {
            return;
        }

        page.Element("h2", "Epochs").Open("div", ("class", "scroll")).Open("table").Open("thead").Open("tr");
        foreach (string heading in (string[])["Epoch", "Seconds", "Test accuracy", "Test loss", "Once", "Twice", "Not, or not wholly"])
        {
            page.Element("th", heading, ("class", "number"), ("scope", "col"));
        }

        page.Element("th", "Why", ("scope", "col")).Close("tr").Close("thead").Open("tbody");
        foreach (JobEvent epoch in story.Evaluations.TakeLast(RowsMax))
        {
            page.Open("tr");
            foreach (string cell in (string[])
            [
                epoch.Epoch > 0 ? Reports.Figures.Count(epoch.Epoch) : "–", Reports.Figures.One(epoch.Seconds), Reports.Figures.Percent(epoch.TestAccuracy),
                Reports.Figures.Digits(epoch.TestLoss), Count(epoch.Samples?.Once), Count(epoch.Samples?.Twice), Count(epoch.Samples?.None),
            ])
            {
                page.Element("td", cell, ("class", "number"));
            }

            page.Element("td", string.Join("; ", epoch.Samples?.Remarks.Select(remark => $"{Reports.Figures.Count(remark.Count)} {remark.Text}") ?? []))
                .Close("tr");
        }

        page.Close("tbody").Close("table").Close("div");
        Shortened(page, story.Evaluations.Count, "epochs");
    }

    /// <summary>What happened; the numbers are those of the marks in the plots.</summary>
    public static void Events(HtmlText page, RunStory story)
    {
        page.Element("h2", "What happened");
        if (story.Happenings.Count == 0)
        {
            page.Element("p", "Nothing: no silo came or went, no check failed.");
            return;
        }

        List<Happening> marked = [.. RunPlots.Marked(story)];
        page.Open("div", ("class", "scroll")).Open("table").Open("thead").Open("tr")
            .Element("th", "Mark", ("class", "number"), ("scope", "col")).Element("th", "Seconds", ("class", "number"), ("scope", "col"))
            .Element("th", "What", ("scope", "col")).Element("th", "How", ("scope", "col")).Close("tr").Close("thead").Open("tbody");
        foreach (Happening one in story.Happenings.TakeLast(RowsMax))
        {
            int number = marked.IndexOf(one) + 1;
            page.Open("tr").Element("td", number > 0 ? number.ToString(CultureInfo.InvariantCulture) : "", ("class", "number"))
                .Element("td", Reports.Figures.One(one.Seconds), ("class", "number")).Element("td", one.Kind).Element("td", one.Text).Close("tr");
        }

        page.Close("tbody").Close("table").Close("div");
        Shortened(page, story.Happenings.Count, "events");
    }

    /// <summary>Alarms or notes of the closing event; nothing when there are none.</summary>
    public static void Sentences(HtmlText page, RunStory story, string field, string heading)
    {
        if (RunStory.Field(story.Closing, field) is not { ValueKind: JsonValueKind.Array } sentences || sentences.GetArrayLength() == 0)
        {
            return;
        }

        page.Element("h2", heading).Open("ul");
        foreach (JsonElement sentence in sentences.EnumerateArray())
        {
            page.Element("li", sentence.GetString() ?? "");
        }

        page.Close("ul");
    }

    /// <summary>What a churn script came to.</summary>
    public static void Churn(HtmlText page, RunStory story)
    {
        if (story.Churn.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        page.Element("h2", "Churn").Open("div", ("class", "scroll")).Open("table").Open("tbody");
        foreach (JsonProperty field in story.Churn.EnumerateObject().Where(field => !NotFigures.Contains(field.Name)))
        {
            Figure(page, $"churned.{field.Name}", field.Name, field.Value);
        }

        page.Close("tbody").Close("table").Close("div");
    }

    private static void Figure(HtmlText page, string path, string field, JsonElement value) =>
        Row(page, path, FieldNames.Label(field), value, FieldNames.Text(field, value));

    private static void Row(HtmlText page, string path, string label, JsonElement value, string text) => page
        .Open("tr").Element("th", label, ("scope", "row"))
        .Element("td", text, ("data-field", path), ("data-value", value.GetRawText())).Close("tr");

    private static void Shortened(HtmlText page, int count, string what)
    {
        if (count > RowsMax)
        {
            page.Element("p", $"The last {RowsMax} of {Reports.Figures.Count(count)} {what}; events.jsonl has all of them.", ("class", "faint"));
        }
    }

    private static string Count(long? value) => value is { } known ? Reports.Figures.Count(known) : "–";
}
