using OrleansSgd.Client.Pages;

namespace OrleansSgd.Client.Bench;

/// <summary>The page about a session: one file that opens anywhere, without a network and without a script.</summary>
internal static class BenchPage
{
    /// <summary>Its name in the folder of results.</summary>
    public const string FileName = "report.html";

    /// <summary>The document: HTML 5 that is well-formed XML too.</summary>
    public static string Of(BenchResult result, MachineFacts machine, IReadOnlyCollection<string> versions)
    {
        var page = new HtmlText();
        page.Markup("<!DOCTYPE html>\n").Open("html", ("lang", "en")).Open("head").Markup("<meta charset=\"utf-8\"/>\n")
            .Markup("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n")
            .Markup("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n")
            .Element("title", "Benchmarks of OrleansSgd").Open("style").Markup(PageStyle.Sheet).Close("style").Close("head").Open("body").Open("main")
            .Element("h1", "Benchmarks").Element("p", BenchTables.Sentence(result), ("class", "lead"), ("id", "outcome"));
        foreach (BenchTable table in BenchTables.Of(result))
        {
            Table(page, table);
        }

        page.Element("h2", "Machine").Open("div", ("class", "scroll")).Open("table").Open("tbody");
        foreach ((string label, string text) in machine.Rows(versions))
        {
            page.Open("tr").Element("th", label, ("scope", "row")).Element("td", text).Close("tr");
        }

        return page.Close("tbody").Close("table").Close("div").Close("main").Close("body").Close("html").ToString();
    }

    private static void Table(HtmlText page, BenchTable table)
    {
        page.Element("h2", table.Title).Open("div", ("class", "scroll")).Open("table").Open("thead").Open("tr");
        for (int i = 0; i < table.Columns.Count; i++)
        {
            page.Element("th", table.Columns[i], ("class", ClassOf(table, i)), ("scope", "col"));
        }

        page.Close("tr").Close("thead").Open("tbody");
        foreach (IReadOnlyList<string> row in table.Rows)
        {
            page.Open("tr");
            for (int i = 0; i < row.Count; i++)
            {
                page.Element("td", row[i], ("class", $"{ClassOf(table, i)}{ColourOf(row[i])}"));
            }

            page.Close("tr");
        }

        page.Close("tbody").Close("table").Close("div");
    }

    private static string ClassOf(BenchTable table, int column) => table.Numbers.Contains(column) ? "number" : "text";

    // The style sheet's names for good and bad.
    private static string ColourOf(string cell) => cell switch { "met" => " completed", "missed" => " failed", "not measured" => " faint", _ => "" };
}
