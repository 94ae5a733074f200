using OrleansSgd.Data.Files;

namespace OrleansSgd.Data.LibSvm;

/// <summary>One LibSVM file in memory: compressed sparse rows, labels as the file has them.</summary>
/// <param name="Labels">Label and line of each row.</param>
/// <param name="Starts">[rows + 1], from 0 to the number of entries.</param>
/// <param name="Indices">[entries], from 0 (one less than in the file), ascending within a row.</param>
/// <param name="Values">[entries], finite.</param>
/// <param name="FeatureCount">One more than the largest index; at least 1.</param>
/// <param name="QidCount">Rows that had a <c>qid:</c>.</param>
internal sealed record SparseRows(
    LabelColumn Labels, int[] Starts, int[] Indices, float[] Values, int FeatureCount, int QidCount);
