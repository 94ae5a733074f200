using OrleansSgd.Core.Samples;
using OrleansSgd.Data.Files;
using OrleansSgd.Data.Sources;

namespace OrleansSgd.Data.LibSvm;

/// <summary>Makes data sets of LibSVM files.</summary>
internal static class LibSvmSets
{
    /// <exception cref="InvalidDataException">A label does not fit the scheme.</exception>
    public static DataSets Make(SparseRows train, SparseRows? test, DataPlan plan)
    {
        int featureCount = Math.Max(train.FeatureCount, test?.FeatureCount ?? 0);
        LabelMap map = test is null
            ? LabelMap.Apply(plan.Labels ?? LabelSchemes.Auto, plan.ClassCount, train.Labels)
            : LabelMap.Apply(plan.Labels ?? LabelSchemes.Auto, plan.ClassCount, train.Labels, test.Labels);
        SparseSource source = Source(train, featureCount, map.ClassCount);
        string[] notes = [.. Notes(train), .. test is null ? [] : Notes(test)];
        if (plan.TestShare is { } share)
        {
            TestSplit split = TestSplit.Draw(source.Count, share, plan.Seed ?? 1, train.Labels.Name);
            return new(new RowSubset(source, split.Train), new RowSubset(source, split.Test), notes: notes);
        }

        ISampleSource? testSource = test is null ? null : Source(test, featureCount, map.ClassCount);
        return new(source, testSource, notes: notes);
    }

    private static SparseSource Source(SparseRows rows, int featureCount, int classCount) =>
        new(rows.Starts, rows.Indices, rows.Values, rows.Labels.Labels, featureCount, classCount);

    private static IEnumerable<string> Notes(SparseRows rows)
    {
        if (rows.QidCount > 0)
        {
            yield return $"{rows.Labels.Name} has qid on {rows.QidCount} lines; it was skipped, since no loss here looks across rows.";
        }
    }
}
