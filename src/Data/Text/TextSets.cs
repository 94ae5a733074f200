namespace OrleansSgd.Data.Text;

/// <summary>Makes data sets of a text: its windows, with the end of the text for testing where the plan wants a test set.</summary>
internal static class TextSets
{
    /// <summary>Tokens a model sees before it predicts the last, unless the plan says otherwise.</summary>
    public const int LengthDefault = 64;

    /// <param name="text">The whole text.</param>
    /// <param name="name">The file's name, for errors.</param>
    /// <param name="plan">For length, stride and testShare.</param>
    /// <exception cref="InvalidDataException">A part of the text is shorter than one window.</exception>
    public static DataSets Make(TextTokens text, string name, DataPlan plan)
    {
        int length = plan.Length ?? LengthDefault;
        int stride = plan.Stride ?? length;
        int count = text.Tokens.Length;

        // Test windows share no character with training windows: neighbours know each other's text.
        int testCount = (int)Math.Round((plan.TestShare ?? 0) * count);
        int trainCount = count - testCount;
        return new(
            Part(0, trainCount, "training"),
            plan.TestShare is null ? null : Part(trainCount, testCount, "testing"),
            text.Vocabulary);

        TokenSource Part(int start, int tokenCount, string purpose) => tokenCount > length
            ? new(text.Tokens, start, tokenCount, length, stride, text.Vocabulary.Count)
            : throw new InvalidDataException(
                $"{name} has {tokenCount} characters for {purpose}, but one sample takes length + 1 = {length + 1}. " +
                $"Use a longer text, a smaller length{(plan.TestShare is null ? "" : " or another testShare")}.");
    }
}
