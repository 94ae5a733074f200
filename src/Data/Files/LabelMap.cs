namespace OrleansSgd.Data.Files;

/// <summary>Turns the label numbers of a file into class numbers 0 .. k − 1, the same way for training and test.</summary>
internal sealed class LabelMap
{
    private readonly string _scheme;

    private LabelMap(string scheme, int classCount)
    {
        _scheme = scheme;
        ClassCount = classCount;
    }

    /// <summary>k, or 0 when labels are targets.</summary>
    public int ClassCount { get; }

    /// <summary>Finds the scheme (when it is auto) and the class count, checks every label, and maps them in place.</summary>
    /// <param name="scheme">One of <see cref="LabelSchemes"/>, not names.</param>
    /// <param name="classCount">As the plan states it; null: the largest label decides.</param>
    /// <param name="columns">The labels of training and test; changed only when all are in order.</param>
    /// <exception cref="InvalidDataException">A label does not fit; names file and line.</exception>
    public static LabelMap Apply(string scheme, int? classCount, params IReadOnlyList<LabelColumn> columns)
    {
        if (scheme == LabelSchemes.Targets)
        {
            return new(scheme, 0);
        }

        var map = new LabelMap(scheme == LabelSchemes.Auto ? Guess(columns) : scheme, classCount ?? 0);
        int classMax = -1;
        foreach (LabelColumn column in columns)
        {
            for (int row = 0; row < column.Labels.Length; row++)
            {
                classMax = Math.Max(classMax, map.ClassOf(column, row));
            }
        }

        foreach (LabelColumn column in columns)
        {
            for (int row = 0; row < column.Labels.Length; row++)
            {
                column.Labels[row] = map.ClassOf(column, row);
            }
        }

        return classCount is null ? new(map._scheme, Math.Max(2, classMax + 1)) : map;
    }

    private static string Guess(IReadOnlyList<LabelColumn> columns)
    {
        string scheme = LabelSchemes.OneBased;
        foreach (LabelColumn column in columns)
        {
            foreach (float label in column.Labels)
            {
                if (label == -1)
                {
                    return LabelSchemes.PlusMinus;
                }

                if (label == 0)
                {
                    scheme = LabelSchemes.ZeroBased;
                }
            }
        }

        return scheme;
    }

    private int ClassOf(LabelColumn column, int row)
    {
        float label = column.Labels[row];
        if (label != MathF.Floor(label))
        {
            throw Wrong(column, row, "is not a whole number. Set labels: targets for regression.");
        }

        if (_scheme == LabelSchemes.PlusMinus)
        {
            return label is 1 or -1 ? (label == 1 ? 1 : 0) : throw Wrong(column, row, "is neither -1 nor +1, but labels are signed.");
        }

        float first = _scheme == LabelSchemes.OneBased ? 1 : 0;
        float beyond = first + (ClassCount > 0 ? ClassCount : DataPlan.ClassCountMax);
        return label >= first && label < beyond
            ? (int)(label - first)
            : throw Wrong(
                column,
                row,
                $"is outside {first} to {beyond - 1} ({_scheme} labels). Mend the file, or set classCount or labels to suit it.");
    }

    private static InvalidDataException Wrong(LabelColumn column, int row, string why) =>
        new($"{column.Name} line {column.Lines[row]}: label {DataPlan.Text(column.Labels[row])} {why}");
}

/// <summary>The labels of one file as it has them, with the line of each.</summary>
/// <param name="Name">The file, for errors.</param>
/// <param name="Labels">[rows], finite.</param>
/// <param name="Lines">[rows], counted from 1.</param>
internal sealed record LabelColumn(string Name, float[] Labels, int[] Lines);
