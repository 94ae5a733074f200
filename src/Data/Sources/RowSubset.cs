using System.Buffers;
using OrleansSgd.Core.Samples;

namespace OrleansSgd.Data.Sources;

/// <summary>Some rows of another source, under new numbers: row i is the source's row rows[i].</summary>
internal sealed class RowSubset(ISampleSource source, int[] rows) : ISampleSource
{
    public int Count => rows.Length;

    public int FeatureCount => source.FeatureCount;

    public IReadOnlyList<int> Shape => source.Shape;

    public int ClassCount => source.ClassCount;

    public bool IsSparse => source.IsSparse;

    public SparseTable? Table => source.Table;

    public void ToTable(Span<int> wanted)
    {
        foreach (ref int row in wanted)
        {
            row = rows[row];
        }

        source.ToTable(wanted);
    }

    public void Read(ReadOnlySpan<int> wanted, SampleBatch batch)
    {
        Rows.Check(wanted, rows.Length);
        int[] rented = ArrayPool<int>.Shared.Rent(wanted.Length);
        try
        {
            for (int i = 0; i < wanted.Length; i++)
            {
                rented[i] = rows[wanted[i]];
            }

            source.Read(rented.AsSpan(0, wanted.Length), batch);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(rented);
        }
    }
}
