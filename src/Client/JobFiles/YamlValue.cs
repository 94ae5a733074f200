namespace OrleansSgd.Client.JobFiles;

/// <summary>One value of a YAML file and where it stands, both counted from 1.</summary>
internal abstract record YamlValue(long Line, long Column);

/// <summary>A scalar. <paramref name="IsPlain"/>: written without quotes, so it may be a number.</summary>
internal sealed record YamlText(long Line, long Column, string Text, bool IsPlain) : YamlValue(Line, Column)
{
    /// <summary>True for <c>key:</c>, <c>key: ~</c> and <c>key: null</c>.</summary>
    public bool IsNothing => IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";
}

/// <summary>A list.</summary>
internal sealed record YamlList(long Line, long Column, IReadOnlyList<YamlValue> Items) : YamlValue(Line, Column);

/// <summary>A section. Keys may repeat: whoever reads it says so.</summary>
internal sealed record YamlSection(long Line, long Column, IReadOnlyList<(YamlText Key, YamlValue Value)> Entries)
    : YamlValue(Line, Column);
