namespace OrleansSgd.Client.JobFiles;

/// <summary>What a key of the job file holds.</summary>
internal enum JobValueKind
{
    Text,
    Whole,
    Seed,
    Number,
    Switch,
    WholeList,
    NumberList,
    TextList,
    Section,
}

/// <summary>One key of the job file: what its value is, and what is said about it in errors and in docs/job-file.md.</summary>
/// <param name="Name">Camel case; the property of the plan in Pascal case.</param>
/// <param name="Kind">Its type.</param>
/// <param name="Range">What is allowed, such as <c>1 to 64</c>; for a choice, the choices say it.</param>
/// <param name="Default">What holds when the key is absent.</param>
/// <param name="Meaning">One sentence, with the unit.</param>
internal sealed record JobKey(string Name, JobValueKind Kind, string Range, string Default, string Meaning)
{
    /// <summary>The words a text key accepts; empty when it accepts any.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Section: the key of its own that a bare value stands for; null when a bare value is a mistake.</summary>
    public string? Shorthand { get; init; }

    /// <summary>The range, or the choices.</summary>
    public string Allowed => Choices.Count > 0 ? string.Join(", ", Choices) : Range;

    /// <summary>What to write instead of a value of another type: <c>a whole number, 1 to 64</c>.</summary>
    public string Wanted => Choices.Count > 0
        ? (Kind == JobValueKind.TextList ? "a list of " : "one of ") + string.Join(", ", Choices)
        : Kind switch
        {
            JobValueKind.Whole or JobValueKind.Seed => $"a whole number, {Range}",
            JobValueKind.Number => $"a number, {Range}",
            JobValueKind.Switch => "true or false",
            JobValueKind.WholeList => "a list of whole numbers, such as [256]",
            JobValueKind.NumberList => "a list of numbers, such as [10, 15]",
            JobValueKind.TextList => "a list of words",
            JobValueKind.Section => $"a section with the keys of {Name}",
            _ => Range,
        };
}

/// <summary>The keys of one section; the file itself is the section without a name.</summary>
internal sealed record JobSection(string Name, IReadOnlyList<JobKey> Keys)
{
    /// <summary>The key called <paramref name="name"/>, or null.</summary>
    public JobKey? Find(string name)
    {
        foreach (JobKey key in Keys)
        {
            if (key.Name == name)
            {
                return key;
            }
        }

        return null;
    }

    /// <summary>A key's path as errors name it: <c>data.kind</c>, <c>batch</c>.</summary>
    public string PathOf(string key) => Name.Length == 0 ? key : $"{Name}.{key}";
}
