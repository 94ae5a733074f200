using OrleansSgd.Core.Consistency.Sketches;
using OrleansSgd.Core.Randomness;

namespace OrleansSgd.Core.Tests.Consistency;

/// <summary>Goal: any update lost, doubled, torn or scaled is found; rounding is not. Method: a shard in f32, with planted faults.</summary>
public class ConservationAuditTests
{
    private const int Length = 500;
    private const int Updates = 200;

    [Fact]
    public void Sound_shard_is_clean_whatever_rounding_does() => SeedLaw.ForAll(seed =>
        Assert.True(Audit(seed, (x, update, _) => Subtract(x, update)).IsClean));

    [Fact]
    public void Equal_tiny_updates_that_all_round_the_same_way_are_clean() => SeedLaw.ForAll(seed =>
        Assert.True(Audit(seed, (x, update, _) => Subtract(x, update), constant: true).IsClean));

    [Fact]
    public void One_lost_update_is_caught() => Caught((x, update, last) => Subtract(x, last ? [] : update));

    [Fact]
    public void One_update_applied_twice_is_caught() => Caught((x, update, last) =>
    {
        Subtract(x, update);
        Subtract(x, last ? update : []);
    });

    [Fact]
    public void One_torn_update_is_caught() => Caught((x, update, last) => Subtract(x, last ? update[..(Length / 2)] : update));

    [Fact]
    public void One_update_at_the_wrong_rate_is_caught() =>
        Caught((x, update, last) => Subtract(x, last ? [.. update.Select(value => 1.5f * value)] : update));

    [Fact]
    public void Update_added_back_is_accounted_for()
    {
        CountSketch family = new(128, 1, 0);
        float[] x = [1, 2, 3];
        ConservationAudit audit = new(family, x);
        audit.Applied(Sketch(family, [1, 1, 1]), 3);
        audit.AddedBack(Sketch(family, [1, 1, 1]), 3);

        Assert.Equal(2, audit.Advance([1, 2, 3]).UpdateCount);
        Assert.Equal(0, audit.UpdateCount);
        Assert.True(audit.Check([1, 2, 3]).IsClean);
        Assert.False(audit.Check([0, 1, 2]).IsClean);
        Assert.False(audit.Check([1, 2, float.NaN]).IsClean);
    }

    private static void Caught(Action<float[], float[], bool> apply) => SeedLaw.ForAll(seed =>
    {
        AuditOutcome outcome = Audit(seed, apply);
        Assert.False(outcome.IsClean, outcome.ToString());
        Assert.True(outcome.Distance > 10 * outcome.Tolerance, outcome.ToString());
    });

    private static AuditOutcome Audit(ulong seed, Action<float[], float[], bool> apply, bool constant = false)
    {
        SeededRandom random = new(seed);
        CountSketch family = new(128, seed, 0);
        float[] x = [.. Enumerable.Range(0, Length).Select(_ => (float)random.NextGaussian())];
        ConservationAudit audit = new(family, x);
        for (int i = 0; i < Updates; i++)
        {
            float[] update = [.. Enumerable.Range(0, Length).Select(_ => constant ? 1.3e-5f : (float)(0.01 * random.NextGaussian()))];
            apply(x, update, i == Updates - 1);
            audit.Applied(Sketch(family, update), Length);
        }

        return audit.Check(x);
    }

    private static void Subtract(float[] x, float[] update)
    {
        for (int i = 0; i < update.Length; i++)
        {
            x[i] -= update[i];
        }
    }

    private static float[] Sketch(CountSketch family, float[] update)
    {
        double[] sketch = new double[family.Width];
        family.Add(update, sketch);
        return [.. sketch.Select(counter => (float)counter)];
    }
}
