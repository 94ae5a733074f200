namespace OrleansSgd.Client.Reports;

/// <summary>How a verb that did not succeed says so: one closing event, or lines for people on standard error.</summary>
internal static class Verdict
{
    /// <summary>Says why, and returns the exit code.</summary>
    public static int Failed(Terminal terminal, bool isJson, Failure failure)
    {
        foreach (string mistake in failure.Mistakes)
        {
            terminal.Error.WriteLine(mistake);
        }

        string hint = failure.Hint is null ? "" : " " + failure.Hint;
        terminal.Error.WriteLine($"grid: {failure.Error}{hint}");
        if (isJson)
        {
            new EventWriter(terminal.Out).Write("failed", json =>
            {
                json.Text("error", failure.Error);
                json.Number("code", failure.Code);
                json.Text("hint", failure.Hint);
                json.List("mistakes", failure.Mistakes);
            });
        }

        return failure.Code;
    }

    /// <summary>Says that a verb whose result is told already did what it was asked, but that a check does not hold.</summary>
    public static int CheckFailed(Terminal terminal, Failure failure)
    {
        terminal.Error.WriteLine($"grid: {failure.Error}");
        return failure.Code;
    }

    /// <summary>Says that a verb without a result of its own was interrupted.</summary>
    public static void Cancelled(Terminal terminal, bool isJson)
    {
        terminal.Error.WriteLine("grid: interrupted.");
        if (isJson)
        {
            new EventWriter(terminal.Out).Write("cancelled", static _ => { });
        }
    }
}
