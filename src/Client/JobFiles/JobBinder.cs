using System.Text.Json.Nodes;

namespace OrleansSgd.Client.JobFiles;

/// <summary>Goes through the sections of a job file, key by key, and misses nothing: each mistake is noted and the next key read.</summary>
internal static class JobBinder
{
    public static void Bind(YamlSection file, JobDraft draft) => Bind(file, JobSchema.File, draft);

    private static void Bind(YamlSection section, JobSection schema, JobDraft draft)
    {
        foreach ((YamlText name, YamlValue value) in section.Entries)
        {
            string path = schema.PathOf(name.Text);
            if (schema.Find(name.Text) is not { } key)
            {
                draft.Mistake(name, null, $"{path} is not a key of a job file; {Instead(name.Text, schema)}");
            }
            else if (draft.Has(path))
            {
                draft.Mistake(name, path, $"{path} is given twice; keep one.");
            }
            else
            {
                draft.Place(path, value is YamlSection ? name : value);
                Bind(name, value, key, path, draft);
            }
        }
    }

    private static void Bind(YamlText name, YamlValue value, JobKey key, string path, JobDraft draft)
    {
        switch (value)
        {
            case YamlText { IsNothing: true }:
                draft.Mistake(name, path, $"{path} has no value; use {key.Wanted}, or remove the line.");
                break;
            case YamlSection inner when key.Kind == JobValueKind.Section:
                Bind(inner, JobSchema.Section(key.Name), draft);
                break;
            case YamlText text when key.Shorthand is { } shorthand:
                string meant = $"{path}.{shorthand}";
                draft.Place(meant, text);
                Scalar(text, JobSchema.Section(path).Find(shorthand)!, meant, path, draft);
                break;
            case YamlText text when key.Kind == JobValueKind.Section:
                draft.Mistake(text, path, $"{path} is {JobScalars.Quote(text.Text)}; use {key.Wanted}, such as {path}: {{{Example(path, text.Text)}}}.");
                break;
            case YamlText text:
                Scalar(text, key, path, path, draft);
                break;
            case YamlList list when key.Kind is JobValueKind.WholeList or JobValueKind.NumberList or JobValueKind.TextList:
                List(list, key, path, draft);
                break;
            default:
                string what = value is YamlList ? "a list" : "a section";
                draft.Mistake(value, path, $"{path} is {what}; use {key.Wanted}.");
                break;
        }
    }

    private static void Scalar(YamlText text, JobKey key, string path, string shown, JobDraft draft)
    {
        if (JobScalars.Read(key.Kind, text.Text, text.IsPlain) is { } value)
        {
            draft.Set(path, value, text.Text);
        }
        else
        {
            string quotes = text.IsPlain || JobScalars.Read(key.Kind, text.Text, isPlain: true) is null ? "" : " without quotes";
            draft.Mistake(text, path, $"{shown} is {JobScalars.Quote(text.Text)}; use {key.Wanted}{quotes}.");
        }
    }

    private static void List(YamlList list, JobKey key, string path, JobDraft draft)
    {
        JobValueKind kind = key.Kind switch
        {
            JobValueKind.WholeList => JobValueKind.Whole,
            JobValueKind.TextList => JobValueKind.Text,
            _ => JobValueKind.Number,
        };
        var values = new JsonArray();
        for (int i = 0; i < list.Items.Count; i++)
        {
            if (list.Items[i] is YamlText text && JobScalars.Read(kind, text.Text, text.IsPlain) is { } value)
            {
                values.Add(value);
            }
            else
            {
                string what = list.Items[i] is YamlText wrong ? JobScalars.Quote(wrong.Text) : "a list or section";
                draft.Mistake(list.Items[i], path, $"{path}[{i}] is {what}; use {key.Wanted}.");
            }
        }

        draft.Set(path, values, null);
    }

    // The word itself when it was the section's kind that was meant.
    private static string Example(string path, string word)
    {
        JobKey first = JobSchema.Section(path).Keys[0];
        return first.Choices.Count == 0 ? $"{first.Name}: {first.Default}"
            : $"{first.Name}: {(first.Choices.Contains(word) ? word : first.Choices[0])}";
    }

    private static string Instead(string word, JobSection schema)
    {
        if (Suggestion.For(word, schema.Keys.Select(key => key.Name)) is { } near)
        {
            return $"did you mean {schema.PathOf(near)}?";
        }

        foreach (JobSection other in JobSchema.Sections)
        {
            if (other != schema && other.Find(word) is not null)
            {
                return $"did you mean {other.PathOf(word)}?";
            }
        }

        string where = schema.Name.Length == 0 ? "the keys are" : $"{schema.Name} has";
        return $"{where} {string.Join(", ", schema.Keys.Select(key => key.Name))}.";
    }
}
