namespace OrleansSgd.Client.Settings;

/// <summary>All mistakes of the settings at once.</summary>
internal static class SettingsMistakes
{
    /// <summary>The failure that they are.</summary>
    public static Failure Of(IReadOnlyList<string> mistakes) => mistakes.Count == 1
        ? new(ExitCodes.BadInput, mistakes[0])
        : new(ExitCodes.BadInput, $"There are {mistakes.Count} mistakes.", "docs/configuration.md lists every setting.") { Mistakes = mistakes };
}
