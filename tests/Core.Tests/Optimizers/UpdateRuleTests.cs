using OrleansSgd.Core.Optimizers;
using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Tests.Consistency;
using OrleansSgd.Testing;

namespace OrleansSgd.Core.Tests.Optimizers;

/// <summary>Goal: each rule moves x, held part included, by exactly what it says.</summary>
public class UpdateRuleTests
{
    // One rounding of u a step, carried on with weight μ: well below this part of what was taken.
    private const double Rounding = 1e-5;

    [Fact]
    public void X_with_what_is_held_moves_by_rate_factor_times_rate_times_gradient() => SeedLaw.ForAll(seed =>
    {
        foreach (IUpdateRule rule in (IUpdateRule[])[new PlainRule(), new MomentumRule(37, 0.9), new MomentumRule(37, 0)])
        {
            Assert.Null(Complaint(rule, rule.RateFactor, seed));
        }
    });

    [Fact]
    public void Rule_that_forgot_its_velocity_is_caught()
    {
        // Plain steps that claim the rate factor of momentum: what S6 would be told without the velocity.
        Assert.NotNull(Complaint(new PlainRule(), new MomentumRule(37, 0.9).RateFactor, seed: 3));
    }

    [Fact]
    public void Plain_rule_hands_the_gradient_itself_to_the_codec()
    {
        float[] gradient = [1, 2];

        RuleUpdate update = new PlainRule().Take(gradient, 0.25f);

        Assert.Same(gradient, update.Vector);
        Assert.Equal(0.25f, update.Rate);
    }

    [Fact]
    public void Momentum_by_hand()
    {
        var rule = new MomentumRule(2, 0.5);

        rule.Take([4, 0], 0.5f);
        RuleUpdate update = rule.Take([0, 2], 0.5f);

        Assert.Equal([1, 1], update.Vector); // ½·(2, 0) + ½·(0, 2)
        Assert.Equal(1, update.Rate);
        Assert.Equal(2, rule.RateFactor);
        Assert.Equal(Math.Sqrt(2), rule.HeldNorm, 12);
        Assert.Equal(1, rule.HeldFactor);
    }

    [Fact]
    public void First_step_of_adam_is_the_sign_at_full_rate()
    {
        RuleUpdate update = new AdamRule(3, 0.9, 0.999).Take([4, -0.25f, 0], 0.1f);

        Assert.Equal(0.1f, update.Rate);
        Assert.Equal(1, update.Vector[0], 5);
        Assert.Equal(-1, update.Vector[1], 5);
        Assert.Equal(0, update.Vector[2]);
    }

    [Fact]
    public void Adam_agrees_with_its_formula_in_f64() => SeedLaw.ForAll(seed =>
    {
        SeededRandom random = new(seed);
        var rule = new AdamRule(19, 0.9, 0.99);
        double[] first = new double[19];
        double[] second = new double[19];
        for (int count = 1; count <= 5; count++)
        {
            float[] gradient = Vectors.Bell(random, 19);
            float[] direction = rule.Take(gradient, 1).Vector;
            for (int i = 0; i < 19; i++)
            {
                first[i] = (0.9 * first[i]) + (0.1 * gradient[i]);
                second[i] = (0.99 * second[i]) + (0.01 * gradient[i] * gradient[i]);
                double expected = first[i] / (1 - Math.Pow(0.9, count)) / (Math.Sqrt(second[i] / (1 - Math.Pow(0.99, count))) + 1e-8);
                Assert.Equal(expected, direction[i], 1e-5);
            }
        }
    });

    [Theory]
    [InlineData(RulePlan.Sgd)]
    [InlineData(RulePlan.Momentum)]
    [InlineData(RulePlan.Adam)]
    public void Update_taken_back_leaves_no_trace(string kind)
    {
        SeededRandom random = new(5);
        IUpdateRule rule = UpdateRules.Create(new RulePlan { Kind = kind }, 23);
        IUpdateRule other = UpdateRules.Create(new RulePlan { Kind = kind }, 23);
        for (int i = 0; i < 4; i++)
        {
            float[] gradient = Vectors.Bell(random, 23);
            other.Take(gradient, 0.1f);
            rule.Take(gradient, 0.1f);
            double held = rule.HeldNorm;

            rule.Take(Vectors.Bell(random, 23), 3f);
            rule.TakeBack();

            Assert.Equal(held, rule.HeldNorm);
            Assert.Equal(other.Held.ToArray(), rule.Held.ToArray());
        }

        float[] last = Vectors.Bell(random, 23);
        Assert.Equal(other.Take(last, 0.1f).Vector.ToArray(), rule.Take(last, 0.1f).Vector.ToArray());
    }

    [Fact]
    public void Plan_names_the_rule_and_its_rate_factor()
    {
        foreach (string kind in RulePlan.Kinds)
        {
            RulePlan plan = new() { Kind = kind };
            IUpdateRule rule = UpdateRules.Create(plan, 4);

            Assert.Equal(kind, rule.Kind);
            Assert.Equal(rule.RateFactor, UpdateRules.RateFactorOf(plan));
        }
    }

    [Fact]
    public void Plan_with_mistakes_is_refused_with_all_of_them()
    {
        var error = Assert.Throws<ArgumentException>(() => UpdateRules.Create(new RulePlan { Kind = "lamb", Decay = 1 }, 4));

        Assert.Contains("rule.kind", error.Message);
        Assert.Contains("rule.decay", error.Message);
    }

    [Fact]
    public void Rules_allocate_nothing()
    {
        float[] gradient = Vectors.Bell(new SeededRandom(1), 5000);
        foreach (IUpdateRule rule in RulePlan.Kinds.Select(kind => UpdateRules.Create(new RulePlan { Kind = kind }, 5000)))
        {
            rule.Take(gradient, 0.1f);
            Assert.Equal(0, AllocatedBytes.Of(() =>
            {
                rule.Take(gradient, 0.1f);
                rule.TakeBack();
            }));
        }
    }

    private static string? Complaint(IUpdateRule rule, double rateFactor, ulong seed)
    {
        SeededRandom random = new(seed);
        double[] x = new double[37];
        double[] before = new double[37];
        for (int step = 0; step < 8; step++)
        {
            float rate = (float)random.NextDouble();
            float[] gradient = Vectors.Bell(random, 37);
            RuleUpdate update = rule.Take(gradient, rate);
            for (int i = 0; i < x.Length; i++)
            {
                x[i] -= update.Rate * update.Vector[i];
            }

            double[] all = [.. x.Select((value, i) => value - (rule.Held.IsEmpty ? 0 : rule.HeldFactor * rule.Held[i]))];
            double[] expected = [.. before.Select((value, i) => value - (rateFactor * rate * gradient[i]))];
            double off = Vectors.Distance(all, expected);
            if (off > Rounding * rateFactor * (1 + Vectors.Norm(gradient)))
            {
                return $"Step {step} of {rule.Kind} (seed {seed}) is off by {off}.";
            }

            double held = rule.Held.IsEmpty ? 0 : rule.HeldFactor * Vectors.Norm(rule.Held.ToArray());
            if (Math.Abs(held - rule.HeldNorm) > 1e-9 * (1 + held))
            {
                return $"{rule.Kind} says it holds {rule.HeldNorm}, by hand {held} (seed {seed}).";
            }

            before = all;
        }

        return null;
    }
}
