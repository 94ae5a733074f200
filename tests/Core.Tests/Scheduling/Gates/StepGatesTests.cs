using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Scheduling.Gates;

namespace OrleansSgd.Core.Tests.Scheduling.Gates;

public class StepGatesTests
{
    [Theory]
    [InlineData(RunPlan.Async, typeof(OpenGate))]
    [InlineData(RunPlan.Bsp, typeof(OpenGate))]
    [InlineData(RunPlan.VarianceBounded, typeof(OpenGate))]
    [InlineData(RunPlan.Ssp, typeof(StalenessGate))]
    [InlineData(RunPlan.NormBounded, typeof(NormGate))]
    [InlineData(RunPlan.Adaptive, typeof(AdaptiveGate))]
    public void Every_mode_has_its_gate(string mode, Type gate) =>
        Assert.IsType(gate, StepGates.Create(new RunPlan { Mode = mode, Workers = 2 }));

    [Fact]
    public void Assignment_stands_around_the_gate_of_the_mode()
    {
        RunPlan plan = new() { Mode = RunPlan.Adaptive, Assignment = RunPlan.Shuffled, Workers = 2 };
        AssignmentGate gate = Assert.IsType<AssignmentGate>(StepGates.Create(plan));

        Assert.Same(gate.Inner, StepGates.AdaptiveIn(gate));
        Assert.Null(StepGates.AdaptiveIn(StepGates.Create(plan with { Mode = RunPlan.Ssp })));
        Assert.IsType<OpenGate>(StepGates.Create(plan with { Mode = RunPlan.Bsp }));
    }

    [Fact]
    public void Plan_with_a_mistake_is_refused()
    {
        Assert.Throws<ArgumentException>(() => StepGates.Create(new RunPlan { Mode = "chaotic" }));
        Assert.Throws<ArgumentException>(() => StepGates.Create(new RunPlan { Assignment = "chaotic" }));
    }

    [Fact]
    public void Options_of_the_plan_reach_the_gate()
    {
        RunPlan plan = new() { Mode = RunPlan.Ssp, StepsAheadMax = 7, Workers = 2 };
        Assert.Equal(7, Assert.IsType<StalenessGate>(StepGates.Create(plan)).StepsAheadMax);

        RunPlan sparse = new() { Workers = 6, Codec = new CodecPlan(CodecPlan.TopK, Fraction: 0.05), Rule = new RulePlan { DelayAdaptive = true } };
        Assert.Equal(new LeverLimits(6, 20, HasDelayAdaptive: false), LeverLimits.Of(sparse));
        Assert.Equal(1, LeverLimits.Of(sparse with { Codec = new CodecPlan() }).FractionScaleMax);
    }
}
