using System.Globalization;
using OrleansSgd.Client.JobFiles;

namespace OrleansSgd.Client.Settings;

/// <summary>A value as somebody gave it.</summary>
/// <param name="Text">The value.</param>
/// <param name="Origin">Where it was given, as errors begin: <c>--checkpoint</c>, <c>GRID_CHECKPOINT</c>, <c>grid.yaml:3:13: checkpoint</c>.</param>
/// <param name="IsSecret">True when the text is never shown.</param>
internal sealed record SettingValue(string Text, string Origin, bool IsSecret = false)
{
    /// <summary>The mistake that this value is: where, what, and what to write instead.</summary>
    public string Mistake(string remedy) => $"{Origin} is {Shown}; {remedy.TrimEnd('.')}.";

    private string Shown => IsSecret ? "not usable"
        : double.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? Text
        : JobScalars.Quote(Text);
}
