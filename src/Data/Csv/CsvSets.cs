using OrleansSgd.Core.Samples;
using OrleansSgd.Data.Files;
using OrleansSgd.Data.Sources;

namespace OrleansSgd.Data.Csv;

/// <summary>Makes data sets of CSV files.</summary>
internal static class CsvSets
{
    /// <exception cref="InvalidDataException">The files do not belong together, or a label does not fit the scheme.</exception>
    public static DataSets Make(CsvTable train, CsvTable? test, DataPlan plan)
    {
        CheckAlike(train, test);
        string[]? names = null;
        int classCount;
        if (plan.Labels == LabelSchemes.Names)
        {
            names = Name(train, test, plan.ClassCount);
            classCount = plan.ClassCount ?? Math.Max(2, names.Length);
        }
        else
        {
            LabelColumn[] columns = test is null ? [train.Labels] : [train.Labels, test.Labels];
            classCount = LabelMap.Apply(plan.Labels ?? LabelSchemes.Auto, plan.ClassCount, columns).ClassCount;
        }

        TestSplit? split = plan.TestShare is { } share
            ? TestSplit.Draw(train.Labels.Labels.Length, share, plan.Seed ?? 1, train.Labels.Name)
            : null;
        if (plan.Normalise == true)
        {
            float[][] tables = test is null ? [train.Features] : [train.Features, test.Features];
            Normalisation.Columns(tables, train.FeatureCount, train.Features, split?.Train);
        }

        DenseSource source = Source(train, classCount);
        if (split is not null)
        {
            return new(new RowSubset(source, split.Train), new RowSubset(source, split.Test), names);
        }

        ISampleSource? testSource = test is null ? null : Source(test, classCount);
        return new(source, testSource, names);
    }

    private static void CheckAlike(CsvTable train, CsvTable? test)
    {
        if (test is null)
        {
            return;
        }

        if (test.FeatureCount != train.FeatureCount)
        {
            throw new InvalidDataException(
                $"{test.Labels.Name} has {test.FeatureCount} features, but {train.Labels.Name} has {train.FeatureCount}.");
        }

        for (int i = 0; train.FeatureNames is not null && i < train.FeatureCount; i++)
        {
            if (train.FeatureNames[i] != test.FeatureNames![i])
            {
                throw new InvalidDataException(
                    $"{test.Labels.Name} names its feature {i} \"{test.FeatureNames[i]}\", but {train.Labels.Name} " +
                    $"names it \"{train.FeatureNames[i]}\". Put the columns of both files in one order.");
            }
        }
    }

    // Numbers the words by their ordinal order, so that the order of rows does not matter.
    private static string[] Name(CsvTable train, CsvTable? test, int? stated)
    {
        var words = new SortedSet<string>(train.Words!, StringComparer.Ordinal);
        words.UnionWith(test?.Words ?? []);
        int limit = stated ?? DataPlan.ClassCountMax;
        if (words.Count > limit)
        {
            throw new InvalidDataException(
                $"{train.Labels.Name} has {words.Count} different label words; the limit is {limit}. " +
                "Is labelColumn the right one?");
        }

        string[] names = [.. words];
        Number(train, names);
        if (test is not null)
        {
            Number(test, names);
        }

        return names;
    }

    private static void Number(CsvTable table, string[] names)
    {
        for (int row = 0; row < table.Words!.Length; row++)
        {
            table.Labels.Labels[row] = Array.BinarySearch(names, table.Words[row], StringComparer.Ordinal);
        }
    }

    private static DenseSource Source(CsvTable table, int classCount) =>
        new(table.Features, table.Labels.Labels, table.FeatureCount, classCount);
}
