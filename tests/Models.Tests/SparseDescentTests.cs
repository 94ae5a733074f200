using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Samples;
using OrleansSgd.Models.Tests.Checking;

namespace OrleansSgd.Models.Tests;

/// <summary>Goal: a walk over sparse rows is the plain steps of SGD. Method: the same steps by whole gradients, in double precision.</summary>
public class SparseDescentTests
{
    private const int Features = 60;

    private static readonly Arbitrary<(string Kind, bool HasBias, int Rows, int Batch, int Seed)> Walks =
        (from kind in Gen.Elements(ModelCatalog.Logistic, ModelCatalog.LeastSquares)
         from hasBias in Gen.Elements(true, false)
         from rows in Gen.Choose(1, 70)
         from batch in Gen.OneOf(Gen.Choose(1, 5), Gen.Choose(8, 80))
         from seed in Gen.Choose(1, 1_000_000)
         select (kind, hasBias, rows, batch, seed)).ToArbitrary();

    [Fact]
    public void Walk_is_the_steps_of_plain_SGD() => Prop.ForAll(Walks, walk =>
    {
        (LinearWalk trial, int[] rows) = LinearWalk.Draw(walk.Kind, walk.HasBias, walk.Rows, (ulong)walk.Seed);

        (float[] point, BatchLoss loss) = trial.Walk(rows, walk.Batch, rate: 0.25f);

        (double[] expected, BatchLoss expectedLoss) = trial.Steps(rows, walk.Batch, 0.25);
        Assert.Null(Complaint(expected, point));
        Assert.Equal(expectedLoss.LossSum, loss.LossSum, 1e-4 * (1 + expectedLoss.LossSum));
        Assert.Equal((expectedLoss.Count, expectedLoss.Correct), (loss.Count, loss.Correct));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Steps_at_a_point_that_lags_one_behind_are_told_apart()
    {
        (LinearWalk trial, int[] rows) = LinearWalk.Draw(ModelCatalog.Logistic, hasBias: true, 32, 7);

        (float[] point, _) = trial.Walk(rows, batch: 32, rate: 0.25f * 16); // one step instead of sixteen

        Assert.NotNull(Complaint(trial.Steps(rows, 2, 0.25).Point, point));
    }

    [Fact]
    public void Loss_that_is_no_number_is_said()
    {
        (LinearWalk trial, int[] rows) = LinearWalk.Draw(ModelCatalog.Logistic, hasBias: false, 40, 3);
        trial.Start[0] = float.NaN;

        (_, BatchLoss loss) = trial.Walk([.. rows, .. rows], 8, 0.1f);

        Assert.True(double.IsNaN(loss.LossSum));
        Assert.InRange(loss.Correct, 0, (2 * rows.Length) - 1);
    }

    [Fact]
    public void Large_margins_neither_overflow_nor_lose_their_loss()
    {
        (LinearWalk trial, int[] rows) = LinearWalk.Draw(ModelCatalog.Logistic, hasBias: false, 24, 5, scale: 200);

        (_, BatchLoss loss) = trial.Walk(rows, 24, rate: 0);

        Assert.Equal(trial.Steps(rows, 24, 0).Loss.LossSum, loss.LossSum, 1e-4 * loss.LossSum);
        Assert.True(loss.LossSum > 100);
    }

    [Fact]
    public void Penalty_and_wrong_shapes_are_refused()
    {
        (LinearWalk trial, int[] rows) = LinearWalk.Draw(ModelCatalog.Logistic, hasBias: true, 4, 1);
        using var session = (IDescendingSession)ModelCatalog.Create(new ModelPlan { Kind = ModelCatalog.Logistic, L2 = 0.1 }, trial.Samples).CreateSession(4);

        Assert.False(session.CanDescend(trial.Samples));
        Assert.Throws<InvalidOperationException>(() => session.Descend(new float[Features + 1], trial.Table, rows, 2, 0.1f));
        Assert.Throws<ArgumentException>(() => session.Descend(new float[Features], trial.Table, rows, 2, 0.1f));
        Assert.Throws<ArgumentOutOfRangeException>(() => trial.Session.Descend(trial.Start, trial.Table, rows, 0, 0.1f));
    }

    private static string? Complaint(double[] expected, float[] point)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            if (!(Math.Abs(expected[i] - point[i]) <= 1e-4 * (1 + Math.Abs(expected[i]))))
            {
                return $"coordinate {i}: {point[i]} instead of {expected[i]}";
            }
        }

        return null;
    }

    // Rows of about six entries, a start, and the session that walks.
    private sealed class LinearWalk(SparseTable table, ArraySource samples, IDescendingSession session, float[] start)
    {
        public SparseTable Table => table;

        public ArraySource Samples => samples;

        public IDescendingSession Session => session;

        public float[] Start => start;

        public static (LinearWalk Trial, int[] Rows) Draw(string kind, bool hasBias, int count, ulong seed, double scale = 1)
        {
            var random = new SeededRandom(seed);
            var starts = new List<int> { 0 };
            var indices = new List<int>();
            var values = new List<float>();
            float[] labels = [.. Enumerable.Range(0, count).Select(_ => kind == ModelCatalog.Logistic ? random.NextInt(2) : (float)random.NextGaussian())];
            float[][] dense = [.. labels.Select(_ => new float[Features])];
            for (int row = 0; row < count; row++)
            {
                foreach (int index in Enumerable.Range(0, Features).Where(_ => random.NextInt(10) == 0))
                {
                    dense[row][index] = (float)(random.NextGaussian() * scale);
                    indices.Add(index);
                    values.Add(dense[row][index]);
                }

                starts.Add(indices.Count);
            }

            var table = new SparseTable([.. starts], [.. indices], [.. values], labels, Features);
            var samples = new ArraySource(dense, labels, kind == ModelCatalog.Logistic ? 2 : 0, isSparse: true, table);
            IModel model = ModelCatalog.Create(new ModelPlan { Kind = kind, Bias = hasBias }, samples);
            var session = (IDescendingSession)model.CreateSession(count);
            Assert.True(session.CanDescend(samples));
            Assert.False(session.CanDescend(samples.As(sparse: false)));
            float[] start = [.. Enumerable.Range(0, model.ParameterCount).Select(_ => (float)random.NextGaussian())];
            return (new(table, samples, session, start), [.. Enumerable.Range(0, count).Reverse()]);
        }

        public (float[] Point, BatchLoss Loss) Walk(int[] rows, int batch, float rate)
        {
            float[] point = [.. start];
            BatchLoss loss = session.Descend(point, table, rows, batch, rate);
            return (point, loss);
        }

        public (double[] Point, BatchLoss Loss) Steps(int[] rows, int batch, double rate)
        {
            double[] point = [.. start];
            var loss = new BatchLoss(0, 0, 0);
            float[] gradient = new float[start.Length];
            foreach (int[] some in rows.Chunk(batch))
            {
                BatchLoss part = session.Gradient([.. point.Select(value => (float)value)], samples.Rows(some), gradient);
                loss = new(loss.LossSum + part.LossSum, loss.Count + part.Count, loss.Correct + part.Correct);
                for (int i = 0; i < point.Length; i++)
                {
                    point[i] -= rate * gradient[i];
                }
            }

            return (point, loss);
        }
    }
}
