using OrleansSgd.Data.Files;

namespace OrleansSgd.Data.Csv;

/// <summary>One CSV file in memory: features as numbers, labels as numbers or as words.</summary>
/// <param name="Labels">Label and line of each row; all 0 when the labels are words.</param>
/// <param name="Words">[rows], when the labels are words, else null.</param>
/// <param name="Features">[rows × featureCount], row-major, finite.</param>
/// <param name="FeatureCount">Columns less the label's; at least 1.</param>
/// <param name="FeatureNames">[featureCount], from the header; null when there is none.</param>
internal sealed record CsvTable(
    LabelColumn Labels, string[]? Words, float[] Features, int FeatureCount, string[]? FeatureNames);

/// <summary>How a CSV file is laid out.</summary>
/// <param name="HasHeader">The first line names the columns.</param>
/// <param name="LabelColumn">Name or index from 0; null: the last column.</param>
/// <param name="Delimiter">One character.</param>
/// <param name="LabelsAreWords">Labels are kept as text.</param>
internal sealed record CsvLayout(bool HasHeader, string? LabelColumn, string Delimiter, bool LabelsAreWords)
{
    public static CsvLayout Of(DataPlan plan) => new(
        plan.Header ?? true,
        plan.LabelColumn,
        plan.Delimiter switch { null => ",", "tab" => "\t", var given => given },
        plan.Labels == LabelSchemes.Names);
}
