using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Core.Tests.Frames;

public class SparseLoopsTests
{
    // Fewer entries than are asked for ahead, and more.
    private static readonly Arbitrary<(int Count, int Seed)> Shapes =
        (from count in Gen.Choose(0, 3 * CacheLines.EntriesAhead)
         from seed in Gen.Choose(0, int.MaxValue)
         select (count, seed)).ToArbitrary();

    [Fact]
    public void Loops_touch_the_named_coordinates_and_no_other() =>
        Prop.ForAll(Shapes, shape =>
        {
            var random = new Random(shape.Seed);
            float[] x = [.. Enumerable.Range(0, (2 * shape.Count) + 5).Select(_ => random.NextSingle() - 0.5f)];
            uint[] indices = [.. Enumerable.Range(0, x.Length).OrderBy(_ => random.Next()).Take(shape.Count).Order().Select(index => (uint)index)];
            float[] values = [.. indices.Select(_ => random.NextSingle())];
            ushort[] halves = [.. values.Select(Bfloat16Loops.Round)];
            float[] widened = [.. halves.Select(Bfloat16Loops.Widen)];
            float[] gathered = new float[indices.Length];

            SparseLoops.Gather(x, indices, gathered);

            return gathered.SequenceEqual(indices.Select(index => x[index]))
                && IsSame(x, indices, (at, i) => x[at] - values[i], result => SparseLoops.Subtract(result, indices, values))
                && IsSame(x, indices, (at, i) => x[at] - widened[i], result => SparseLoops.Subtract(result, indices, halves))
                && IsSame(x, indices, (_, i) => values[i], result => SparseLoops.Assign(result, indices, values))
                && IsSame(x, indices, (_, i) => widened[i], result => SparseLoops.Assign(result, indices, halves));
        }).QuickCheckThrowOnFailure();

    private static bool IsSame(float[] x, uint[] indices, Func<int, int, float> expected, Action<float[]> loop)
    {
        float[] result = [.. x];
        loop(result);
        float[] wanted = [.. x];
        for (int i = 0; i < indices.Length; i++)
        {
            wanted[indices[i]] = expected((int)indices[i], i);
        }

        return result.SequenceEqual(wanted);
    }
}
