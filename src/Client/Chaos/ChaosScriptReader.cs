using System.Globalization;
using OrleansSgd.Client.JobFiles;
using OrleansSgd.Core.Chaos;

namespace OrleansSgd.Client.Chaos;

/// <summary>Goes through the keys of a script and misses nothing: each mistake is noted with its place, and the next key read.</summary>
internal sealed class ChaosScriptReader(string source)
{
    private readonly List<string> _mistakes = [];

    /// <summary>The script, or everything that is wrong with it in the order of the lines.</summary>
    public ChaosFileOutcome Read(YamlSection file)
    {
        ulong seed = 0;
        YamlList? events = null;
        foreach ((string key, YamlValue value) in KeysOf(file, isEvent: false, ""))
        {
            if (key == "events")
            {
                events = value as YamlList;
                Check(events is not null, value, "events is no list; write one event a line, each after a dash.");
            }
            else
            {
                Check(ulong.TryParse(TextOf(value), NumberStyles.None, CultureInfo.InvariantCulture, out seed), value,
                    $"seed is {Shown(value)}; use a whole number, 0 or more.");
            }
        }

        var read = new List<ChaosEvent>();
        for (int i = 0; i < (events?.Items.Count ?? 0); i++)
        {
            string path = string.Create(CultureInfo.InvariantCulture, $"events[{i}]");
            if (events!.Items[i] is not YamlSection section)
            {
                Check(false, events.Items[i], $"{path} is no event; use {{at: 30s, event: kill, silo: random}}.");
            }
            else if (ReadEvent(section, path) is { } one)
            {
                read.Add(one);
            }
        }

        Check(events is not null || _mistakes.Count > 0, file, "events is missing; a script without events changes nothing.");
        var script = new ChaosScript(seed, read);
        return _mistakes.Count == 0 && script.Mistakes().ToArray() is { Length: > 0 } whole
            ? new(null, [.. whole.Select(mistake => $"{source}: {mistake}")])
            : _mistakes.Count == 0 ? new(script, []) : new(null, _mistakes);
    }

    private ChaosEvent? ReadEvent(YamlSection section, string path)
    {
        int before = _mistakes.Count;
        Dictionary<string, YamlValue> given = KeysOf(section, isEvent: true, path).ToDictionary(one => one.Key, one => one.Value);
        ChaosEventKind? kind = null;
        ChaosTarget silo = ChaosTarget.Random;
        double factor = 1;
        ChaosTime? at = TimeOf(given, "at", path);
        if (given.TryGetValue("event", out YamlValue? word))
        {
            kind = ChaosFile.KindOf(TextOf(word));
            string[] known = [.. Enum.GetValues<ChaosEventKind>().Select(ChaosFile.NameOf)];
            string near = Suggestion.For(TextOf(word), known) is { } one ? $" Did you mean {one}?" : "";
            Check(kind is not null, word, $"{path}.event is {Shown(word)}; use {string.Join(", ", known)}.{near}");
        }

        if (given.TryGetValue("silo", out YamlValue? target))
        {
            Check(ChaosTarget.TryParse(TextOf(target), out silo), target, $"{path}.silo is {Shown(target)}; use {ChaosTarget.Wanted}.");
        }

        if (given.TryGetValue("factor", out YamlValue? slower))
        {
            Check(
                double.TryParse(TextOf(slower), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out factor), slower,
                $"{path}.factor is {Shown(slower)}; use 1 to {ChaosEvent.FactorMax}.");
        }

        Check(given.ContainsKey("at"), section, $"{path}.at is missing; use {ChaosTime.Wanted}.");
        Check(given.ContainsKey("event"), section, $"{path}.event is missing; use one of kill, leave, join, slow, partition, heal.");
        ChaosTime? undone = Undone(given, kind, path);
        ChaosTime? deadline = TimeOf(given, "deadline", path);
        if (_mistakes.Count > before)
        {
            return null;
        }

        var read = new ChaosEvent(at!.Value, kind!.Value, silo) { Factor = factor, UndoneAfter = undone, Deadline = deadline };
        foreach (string mistake in read.Mistakes())
        {
            // Core names the key first; its place is that key's, or the event's.
            YamlValue place = given.GetValueOrDefault(mistake.Split(' ')[0]) ?? section;
            Check(false, place, $"{path}.{mistake}");
        }

        return read;
    }

    // The two names of one thing: a silo that went is restarted, one that came or is slow is so for a while.
    private ChaosTime? Undone(Dictionary<string, YamlValue> given, ChaosEventKind? kind, string path)
    {
        ChaosTime? restart = TimeOf(given, "restartAfter", path);
        ChaosTime? lasts = TimeOf(given, "lasts", path);
        if (kind is { } known)
        {
            string right = ChaosEvent.NameOfUndone(known);
            string wrong = right == "lasts" ? "restartAfter" : "lasts";
            Check(!given.ContainsKey(wrong), given.GetValueOrDefault(wrong), $"{path}.{wrong} is not for {ChaosFile.NameOf(known)}; use {right}.");
        }

        return restart ?? lasts;
    }

    private ChaosTime? TimeOf(Dictionary<string, YamlValue> given, string key, string path)
    {
        if (!given.TryGetValue(key, out YamlValue? value))
        {
            return null;
        }

        bool isRead = ChaosTime.TryParse(TextOf(value), out ChaosTime time);
        Check(isRead, value, $"{path}.{key} is {Shown(value)}; use {ChaosTime.Wanted}.");
        return isRead ? time : null;
    }

    private IEnumerable<(string Key, YamlValue Value)> KeysOf(YamlSection section, bool isEvent, string path)
    {
        IReadOnlyList<string> known = ChaosFile.KeysOf(isEvent);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        string prefix = path.Length == 0 ? "" : path + ".";
        foreach ((YamlText name, YamlValue value) in section.Entries)
        {
            string near = Suggestion.For(name.Text, known) is { } one ? $"did you mean {one}?" : $"the keys are {string.Join(", ", known)}.";
            if (!known.Contains(name.Text))
            {
                Check(false, name, $"{prefix}{name.Text} is not a key of a script; {near}");
            }
            else if (!seen.Add(name.Text))
            {
                Check(false, name, $"{prefix}{name.Text} is given twice; keep one.");
            }
            else
            {
                yield return (name.Text, value);
            }
        }
    }

    private void Check(bool holds, YamlValue? at, string mistake)
    {
        if (!holds)
        {
            _mistakes.Add(at is null ? $"{source}: {mistake}" : string.Create(CultureInfo.InvariantCulture, $"{source}:{at.Line}:{at.Column}: {mistake}"));
        }
    }

    private static string TextOf(YamlValue value) => value is YamlText text ? text.Text : "";

    private static string Shown(YamlValue value) => value switch
    {
        YamlText text => JobScalars.Quote(text.Text),
        YamlList => "a list",
        _ => "a section",
    };
}
