using OrleansSgd.Core.Samples;
using OrleansSgd.Models.Kernels;

namespace OrleansSgd.Models.Linear;

/// <summary>Steps of SGD on sparse rows in place: scores of a mini-batch, their slopes, and each row taken off the parameters.</summary>
internal sealed unsafe class SparseDescent<TLoss>(bool hasBias)
    where TLoss : struct, IPointLoss
{
    private const int RowsAhead = 16;

    private RowPlace[] _places = [];
    private double[] _scores = [];
    private double[] _labels = [];
    private double[] _slopes = [];

    /// <summary>One step, over some of the rows.</summary>
    /// <param name="parameters">[features], then the bias where there is one.</param>
    /// <param name="rows">All of the walk, so that those of the next steps can be asked for.</param>
    /// <param name="part">Those of this step; steps follow each other from the first row on.</param>
    public BatchLoss Step(Span<float> parameters, SparseTable table, ReadOnlySpan<int> rows, Range part, float rate)
    {
        (int start, int count) = part.GetOffsetAndLength(rows.Length);
        Grow(count, rows.Length);
        Span<RowPlace> places = _places.AsSpan(0, rows.Length);
        for (int i = 0; start == 0 && i < Math.Min(RowsAhead, rows.Length); i++)
        {
            places[i] = table.Announce(rows[i]);
        }

        Span<double> scores = _scores.AsSpan(0, count);
        Span<double> labels = _labels.AsSpan(0, count);
        Span<double> slopes = _slopes.AsSpan(0, count);
        float bias = hasBias ? parameters[^1] : 0;
        fixed (float* x = parameters)
        {
            for (int i = 0; i < count; i++)
            {
                int next = start + i + RowsAhead;
                if (next < rows.Length)
                {
                    places[next] = table.Announce(rows[next]);
                }

                PaddedRow row = table[places[start + i]];
                scores[i] = bias + SparseWalk.Dot(row, x);
                labels[i] = row.Label;
            }

            (double loss, int correct) = TLoss.At(scores, labels, slopes);
            float share = rate / count;
            for (int i = 0; i < count; i++)
            {
                float step = (float)slopes[i] * share;
                SparseWalk.Subtract(step, table[places[start + i]], x);
                bias -= step;
            }

            if (hasBias)
            {
                parameters[^1] = bias;
            }

            return new BatchLoss(loss, count, correct);
        }
    }

    private void Grow(int count, int rowCount)
    {
        if (_places.Length < rowCount)
        {
            _places = new RowPlace[rowCount];
        }

        if (_scores.Length < count)
        {
            _scores = new double[count];
            _labels = new double[count];
            _slopes = new double[count];
        }
    }
}
