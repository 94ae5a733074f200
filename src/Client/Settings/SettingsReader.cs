using System.Collections;
using System.CommandLine;
using System.Globalization;
using OrleansSgd.Client.JobFiles;
using YamlDotNet.Core;

namespace OrleansSgd.Client.Settings;

/// <summary>Brings together what the command line, the environment and the configuration file say, and notes every mistake with where it stands.</summary>
internal sealed class SettingsReader
{
    private const string Prefix = "GRID_";

    // A configuration is a page; whatever is longer is another file.
    private const int FileSizeMax = 1 << 20;

    private readonly IReadOnlyList<Setting> _settings;
    private readonly Dictionary<Setting, Option<string?>> _flags;

    private readonly Option<string?> _file = new("--config")
    {
        Description = $"A file with these settings, one 'key: value' a line; {GridSettings.FileName} of this folder when there is one.",
        HelpName = "FILE",
    };

    /// <param name="settings">Those that the verb has; others of the file are passed over when they mean something elsewhere.</param>
    public SettingsReader(IReadOnlyList<Setting> settings)
    {
        _settings = settings;
        _flags = settings.Where(setting => !setting.IsSecret).ToDictionary(
            setting => setting,
            setting => new Option<string?>(setting.Flag) { Description = $"{setting.Meaning} Default: {setting.Default}.", HelpName = setting.HelpName });
    }

    /// <summary>In the order of the help.</summary>
    public IEnumerable<Option> Options => [_file, .. _flags.Values];

    /// <summary>Reads everything.</summary>
    /// <param name="terminal">Its environment.</param>
    /// <param name="mistakes">Is told what is wrong with the file and with the names of variables; values are for whoever uses them.</param>
    public SettingsFound Read(ParseResult parsed, Terminal terminal, List<string> mistakes)
    {
        var found = new Dictionary<Setting, SettingValue>();
        ReadFile(parsed.GetValue(_file), terminal, found, mistakes);
        foreach (Setting setting in _settings)
        {
            if (terminal.Variable(setting.Variable) is { Length: > 0 } text)
            {
                found[setting] = new SettingValue(text, setting.Variable, setting.IsSecret);
            }

            if (_flags.TryGetValue(setting, out Option<string?>? flag) && parsed.GetValue(flag) is { } given)
            {
                found[setting] = new SettingValue(given, setting.Flag);
            }
        }

        return new SettingsFound(found, mistakes);
    }

    /// <summary>Variables that are nearly one of ours: a misspelt setting that is passed over in silence would be the worst of all.</summary>
    public static IEnumerable<string> Misspelt(IDictionary environment)
    {
        string[] known = [.. GridSettings.Variables];
        foreach (string name in environment.Keys.Cast<string>().Order(StringComparer.Ordinal))
        {
            if (name.StartsWith(Prefix, StringComparison.Ordinal) && !known.Contains(name) && Suggestion.For(name, known) is { } meant)
            {
                yield return $"{name} is not a variable of the grid; did you mean {meant}?";
            }
        }
    }

    private void ReadFile(string? named, Terminal terminal, Dictionary<Setting, SettingValue> found, List<string> mistakes)
    {
        string? path = named ?? (terminal.Variable(GridSettings.FileVariable) is { Length: > 0 } variable ? variable : null);
        if (path is null && !File.Exists(GridSettings.FileName))
        {
            return;
        }

        path ??= GridSettings.FileName;
        try
        {
            if (new FileInfo(path).Length > FileSizeMax)
            {
                mistakes.Add($"{path}: it is longer than {FileSizeMax} bytes, which no configuration is; name a YAML file.");
                return;
            }

            switch (YamlTree.Parse(File.ReadAllText(path)))
            {
                case YamlSection section:
                    ReadSection(path, section, found, mistakes);
                    break;
                case null or YamlText { IsNothing: true }:
                    break;
                default:
                    mistakes.Add($"{path}:1:1: the file is not a list of keys; write one 'key: value' a line.");
                    break;
            }
        }
        catch (YamlException error)
        {
            mistakes.Add(string.Create(
                CultureInfo.InvariantCulture, $"{path}:{error.Start.Line}:{error.Start.Column}: this is not YAML as configurations use it: {error.Message.TrimEnd('.')}."));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            mistakes.Add($"{path}: it cannot be read ({error.Message.TrimEnd('.')}); name a readable YAML file with --config.");
        }
    }

    private void ReadSection(string path, YamlSection section, Dictionary<Setting, SettingValue> found, List<string> mistakes)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach ((YamlText key, YamlValue value) in section.Entries)
        {
            string at = string.Create(CultureInfo.InvariantCulture, $"{path}:{key.Line}:{key.Column}");
            if (!seen.Add(key.Text))
            {
                mistakes.Add($"{at}: {key.Text} stands twice; keep one.");
            }
            else if (_settings.FirstOrDefault(setting => setting.Key == key.Text) is { } setting)
            {
                ReadValue(path, setting, value, found, mistakes);
            }
            else if (!GridSettings.All.Concat(GridSettings.OfClients).Any(other => other.Key == key.Text))
            {
                string[] known = [.. GridSettings.All.Where(one => !one.IsSecret).Select(one => one.Key)];
                string near = Suggestion.For(key.Text, known) is { } meant ? $" did you mean {meant}?" : $" use {string.Join(", ", known)}.";
                mistakes.Add($"{at}: {JobScalars.Quote(key.Text)} is not a setting;{near}");
            }
        }
    }

    private static void ReadValue(string path, Setting setting, YamlValue value, Dictionary<Setting, SettingValue> found, List<string> mistakes)
    {
        string origin = string.Create(CultureInfo.InvariantCulture, $"{path}:{value.Line}:{value.Column}: {setting.Key}");
        switch (value)
        {
            case YamlText when setting.IsSecret:
                mistakes.Add($"{origin} is a secret, which a configuration file must not have; set {setting.Variable}, or name a file in {setting.Key}File.");
                break;
            case YamlText { IsNothing: true }:
                break;
            case YamlText text:
                found[setting] = new SettingValue(text.Text, origin);
                break;
            case YamlList list when setting.IsList && list.Items.All(item => item is YamlText):
                found[setting] = new SettingValue(string.Join(Path.PathSeparator, list.Items.Cast<YamlText>().Select(item => item.Text)), origin);
                break;
            default:
                mistakes.Add($"{origin} is a list or a section; use {setting.Allowed}.");
                break;
        }
    }
}
