using OrleansSgd.Core.Runs;

namespace OrleansSgd.Core.Tests.Runs;

public sealed class RunPlanTests
{
    // Per option: a plan that gives it a value of its own, and the modes that have a use for it.
    private static readonly Dictionary<string, (Func<RunPlan, RunPlan> Give, string[] Users)> Options = new()
    {
        ["stepsAheadMax"] = (plan => plan with { StepsAheadMax = 5 }, [RunPlan.Ssp]),
        ["normShare"] = (plan => plan with { NormShare = 0.8 }, [RunPlan.NormBounded]),
        ["quorum"] = (plan => plan with { Quorum = 0.8 }, [RunPlan.VarianceBounded]),
        ["substitute"] = (plan => plan with { Substitute = "own" }, [RunPlan.VarianceBounded]),
        ["stalenessShare"] = (plan => plan with { StalenessShare = 1 }, [RunPlan.Adaptive]),
        ["deadlineSeconds"] = (plan => plan with { DeadlineSeconds = 1 }, [RunPlan.Bsp]),
        ["assignment"] = (plan => plan with { Assignment = RunPlan.Shuffled }, [RunPlan.Async, RunPlan.Ssp, RunPlan.NormBounded, RunPlan.Adaptive]),
        ["rule.delayAdaptive"] = (
            plan => plan with { Rule = new RulePlan { DelayAdaptive = true } },
            [RunPlan.Async, RunPlan.Ssp, RunPlan.NormBounded, RunPlan.Adaptive]),
        ["answerFraction"] = (
            plan => plan with { AnswerFraction = 0.5 },
            [RunPlan.Async, RunPlan.Ssp, RunPlan.NormBounded, RunPlan.Adaptive, RunPlan.VarianceBounded]),
        ["localSteps"] = (
            plan => plan with { LocalSteps = 2 },
            [RunPlan.Async, RunPlan.Ssp, RunPlan.NormBounded, RunPlan.Adaptive, RunPlan.Bsp]),
    };

    public static TheoryData<string, string> OptionsAndModes
    {
        get
        {
            var pairs = new TheoryData<string, string>();
            foreach (string option in Options.Keys)
            {
                foreach (string mode in RunPlan.Modes)
                {
                    pairs.Add(option, mode);
                }
            }

            return pairs;
        }
    }

    [Fact]
    public void Every_mode_is_right_by_itself() =>
        Assert.All(RunPlan.Modes, mode => Assert.Empty(new RunPlan { Mode = mode }.Mistakes()));

    [Theory]
    [MemberData(nameof(OptionsAndModes))]
    public void An_option_is_refused_exactly_where_its_mode_would_ignore_it(string option, string mode)
    {
        (Func<RunPlan, RunPlan> give, string[] users) = Options[option];

        string[] mistakes = [.. give(new RunPlan { Mode = mode }).Mistakes()];

        if (users.Contains(mode))
        {
            Assert.Empty(mistakes);
        }
        else
        {
            string mistake = Assert.Single(mistakes);
            Assert.StartsWith(option + " is ", mistake, StringComparison.Ordinal);
            Assert.Contains($"mode is {mode}", mistake, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_refusal_names_both_keys_and_the_remedy() => Assert.Equal(
        ["stepsAheadMax is 5 but mode is async, which has no use for it; remove it or use mode ssp."],
        new RunPlan { StepsAheadMax = 5 }.Mistakes());

    [Theory]
    [InlineData(RulePlan.Momentum)]
    [InlineData(RulePlan.Adam)]
    public void Steps_of_a_worker_by_itself_are_refused_where_nothing_accounts_for_them(string rule) => Assert.Equal(
        [$"localSteps is 2 but rule.kind is {rule}, which takes one gradient an update; use 1 or rule sgd."],
        new RunPlan { LocalSteps = 2, Rule = new RulePlan { Kind = rule } }.Mistakes());

    [Fact]
    public void Of_an_option_that_is_out_of_range_nothing_more_is_said() =>
        Assert.Equal(["stepsAheadMax is -1; use 0 to 10000."], new RunPlan { StepsAheadMax = -1 }.Mistakes());

    [Fact]
    public void Of_an_unknown_mode_nothing_is_known_that_it_would_ignore() =>
        Assert.StartsWith("mode is 'fast'", Assert.Single(new RunPlan { Mode = "fast", Quorum = 1, DeadlineSeconds = 3 }.Mistakes()), StringComparison.Ordinal);

    [Fact]
    public void A_rule_refuses_the_memory_it_does_not_have()
    {
        Assert.Equal(
            ["rule.decay is 0.5 but rule.kind is sgd, which has no use for it; remove it or use momentum or adam."],
            new RulePlan { Decay = 0.5 }.Mistakes("rule"));
        Assert.Equal(
            ["rule.squareDecay is 0.5 but rule.kind is momentum, which has no use for it; remove it or use adam."],
            new RulePlan { Kind = RulePlan.Momentum, SquareDecay = 0.5 }.Mistakes("rule"));
        Assert.Empty(new RulePlan { Kind = RulePlan.Adam, Decay = 0.5, SquareDecay = 0.5 }.Mistakes("rule"));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.0)]
    [InlineData(double.NaN)]
    public void A_decay_outside_its_range_is_refused(double decay)
    {
        Assert.StartsWith("rule.decay is ", Assert.Single(new RulePlan { Kind = RulePlan.Momentum, Decay = decay }.Mistakes("rule")), StringComparison.Ordinal);
        Assert.StartsWith("rule.squareDecay is ", Assert.Single(new RulePlan { Kind = RulePlan.Adam, SquareDecay = decay }.Mistakes("rule")), StringComparison.Ordinal);
    }
}
