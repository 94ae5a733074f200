using System.Text.Json.Nodes;
using OrleansSgd.Grains.Jobs;

namespace OrleansSgd.Client.JobFiles;

/// <summary>A job file that is read but not judged yet: options of the command line may still change it.</summary>
/// <remarks>Collects every mistake with its place; <see cref="Finish"/> adds those of the plan and sorts them.</remarks>
internal sealed class JobDraft(string source)
{
    private readonly Dictionary<string, JsonNode> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (long Line, long Column)> _places = new(StringComparer.Ordinal);
    private readonly HashSet<string> _options = new(StringComparer.Ordinal);
    private readonly HashSet<string> _broken = new(StringComparer.Ordinal);
    private readonly List<(long Line, long Column, string Text)> _mistakes = [];

    /// <summary>True when there was no file to read, or no YAML in it: what the plan lacks is then beside the point.</summary>
    public bool IsUnread { get; set; }

    /// <summary>True when the file gave the key, right or wrong.</summary>
    public bool Has(string path) => _places.ContainsKey(path);

    /// <summary>Remembers where a key stands, so that what is said about its value can name the place.</summary>
    public void Place(string path, YamlValue at) => _places[path] = (at.Line, at.Column);

    /// <summary>Sets a value.</summary>
    /// <param name="path">Such as <c>batch</c> or <c>data.kind</c>.</param>
    /// <param name="text">As written, for suggestions; null for lists.</param>
    public void Set(string path, JsonNode value, string? text)
    {
        _values[path] = value;
        if (text is not null)
        {
            _texts[path] = text;
        }
    }

    /// <summary>Adds a mistake of the file.</summary>
    /// <param name="path">The key that has no usable value because of it; null when none is concerned.</param>
    public void Mistake(YamlValue at, string? path, string text)
    {
        _mistakes.Add((at.Line, at.Column, $"{source}:{at.Line}:{at.Column}: {text}"));
        if (path is not null)
        {
            _broken.Add(path);
        }
    }

    /// <summary>Adds a mistake that concerns the file as a whole.</summary>
    public void Mistake(string text) => _mistakes.Add((0, 0, $"{source}: {text}"));

    /// <summary>Adds a mistake of the command line, so that it is said together with those of the file.</summary>
    public void MistakeOfOption(string text) => _mistakes.Add((0, 0, text));

    /// <summary>An option of the command line that wins over the file.</summary>
    /// <param name="key">A key of the top level.</param>
    /// <param name="text">As typed.</param>
    public void Override(string key, string text)
    {
        JobKey schema = JobSchema.File.Find(key)
            ?? throw new ArgumentException($"'{key}' is no key of a job file.", nameof(key));
        _options.Add(key);
        if (JobScalars.Read(schema.Kind, text, isPlain: true) is { } value)
        {
            Set(key, value, text);
            _broken.Remove(key);
        }
        else
        {
            _mistakes.Add((0, 0, $"--{key} is {JobScalars.Quote(text)}; use {schema.Wanted}."));
            _broken.Add(key);
        }
    }

    /// <summary>The job, or everything that is wrong with it in the order of the lines.</summary>
    public JobFileOutcome Finish()
    {
        JobPlan plan = JobPlan.FromJson(Assemble().ToJsonString());
        int silos = _values.TryGetValue("silos", out JsonNode? node) ? node.GetValue<int>() : 1;
        IEnumerable<string> ofPlan = plan.Mistakes();
        if (silos is < 1 or > JobSchema.SilosMax)
        {
            ofPlan = ofPlan.Append($"silos is {silos}; use 1 to {JobSchema.SilosMax}.");
        }

        if (!IsUnread)
        {
            // Of a value that could not be used everything is said already.
            _mistakes.AddRange(ofPlan.Where(mistake => !IsBroken(PathIn(mistake))).Select(Locate));
        }

        string[] mistakes = [.. _mistakes.OrderBy(one => one.Line).ThenBy(one => one.Column).Select(one => one.Text)];
        return mistakes.Length == 0
            ? new(plan, silos, [], later => [.. later.Select(one => Locate(one).Text)])
            : new(null, 0, mistakes, later => later);
    }

    // Plans say "data.limit is 0; use …": the first word names the key, and so the line.
    private static string PathIn(string mistake) => mistake.Split(' ', 2)[0].Split('[')[0];

    private bool IsBroken(string path) => _broken.Contains(path) || _broken.Contains(path.Split('.')[0]);

    private (long Line, long Column, string Text) Locate(string mistake)
    {
        string path = PathIn(mistake);
        if (_options.Contains(path))
        {
            return (0, 0, "--" + mistake);
        }

        string text = mistake + Hint(path);
        return _places.TryGetValue(path, out (long Line, long Column) at) || _places.TryGetValue(path.Split('.')[0], out at)
            ? (at.Line, at.Column, $"{source}:{at.Line}:{at.Column}: {text}")
            : (0, 0, $"{source}: {text}");
    }

    private string Hint(string path)
    {
        string[] parts = path.Split('.', 2);
        JobKey? key = parts.Length == 1 || JobSchema.File.Find(parts[0]) is not { Kind: JobValueKind.Section }
            ? JobSchema.File.Find(path)
            : JobSchema.Section(parts[0]).Find(parts[1]);
        return key is { Choices.Count: > 0 } && _texts.TryGetValue(path, out string? text)
            && !key.Choices.Contains(text) && Suggestion.For(text, key.Choices) is { } near
            ? $" Did you mean {near}?"
            : "";
    }

    // The plan as it travels: name, data and model beside everything else under run.
    private JsonObject Assemble()
    {
        var root = new JsonObject { ["data"] = new JsonObject(), ["model"] = new JsonObject() };
        var run = new JsonObject();
        root["run"] = run;
        foreach ((string path, JsonNode value) in _values)
        {
            string[] parts = path.Split('.', 2);
            JsonObject target = parts switch
            {
                ["name"] => root,
                ["data" or "model", _] => (JsonObject)root[parts[0]]!,
                [_, _] => run[parts[0]] as JsonObject ?? Open(run, parts[0]),
                _ => run,
            };
            if (path != "silos")
            {
                target[parts[^1]] = value;
            }
        }

        return root;
    }

    private static JsonObject Open(JsonObject parent, string name)
    {
        var section = new JsonObject();
        parent[name] = section;
        return section;
    }
}

/// <summary>A job and how many silos it wants; or null, and every mistake, one sentence each.</summary>
/// <param name="Locate">Puts the place in the file in front of mistakes that are found later, with the data at hand.</param>
internal sealed record JobFileOutcome(
    JobPlan? Plan, int Silos, IReadOnlyList<string> Mistakes, Func<IReadOnlyList<string>, IReadOnlyList<string>> Locate);
