namespace OrleansSgd.Client;

/// <summary>Descriptions of verbs, with examples below them.</summary>
internal static class HelpText
{
    /// <summary>The description as <c>--help</c> shows it.</summary>
    public static string With(string description, params ReadOnlySpan<string> examples)
    {
        var text = new System.Text.StringBuilder(description);
        if (examples.Length > 0)
        {
            text.AppendLine().AppendLine().Append("Examples:");
        }

        foreach (string example in examples)
        {
            text.AppendLine().Append("  ").Append(example);
        }

        return text.ToString();
    }
}
