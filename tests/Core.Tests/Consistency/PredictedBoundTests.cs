using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Consistency.Bounds;
using OrleansSgd.Core.Consistency.Metering;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Tests.Consistency.Monitoring;

namespace OrleansSgd.Core.Tests.Consistency;

public class PredictedBoundTests
{
    // τ = 6, M = 10 / (0.5 · 2) = 10, γ = 25 / 125, E = 1.5 / 1, p = 1.
    private static readonly FinalisedTicket Single = new()
    {
        Rate = 0.5,
        StepRate = 0.5,
        StepCount = 2,
        SlotCount = 1,
        Delay = 6,
        NormSquared = 100,
        HeldSquared = 25,
        ViewErrorSquared = 0.5625,
    };

    [Fact]
    public void Parts_by_hand()
    {
        RunPlan plan = new() { Workers = 4, LocalSteps = 2 };
        double root = Math.Sqrt(0.2);

        // m = H·M / p = 20.
        Assert.Equal(120, Of(plan).Value);
        Assert.Equal(120, Of(plan with { Mode = RunPlan.Ssp }).Value);
        Assert.Equal(0.25 * 4 * 20, Of(plan with { Mode = RunPlan.NormBounded, NormShare = 0.75 }).Value);
        Assert.Equal(240 + 40, Of(plan with { Mode = RunPlan.VarianceBounded }).Value);
        Assert.Equal(120 + 40, Of(plan with { Mode = RunPlan.VarianceBounded, Substitute = "none" }).Value);
        Assert.Equal(120 + 1.5, Of(plan with { AnswerFraction = 0.5 }).Value);
        Assert.Equal(120 + (4 * 20 * 9), Of(plan with { Rule = new RulePlan { Kind = RulePlan.Momentum } }).Value, 9);
        Assert.Equal(120 + (4 * 20 * root / (1 - root)), Of(plan with { Codec = new CodecPlan(CodecPlan.TopK, Fraction: 0.1) }).Value, 9);
        Assert.Equal(120, Of(plan with { Codec = new CodecPlan(CodecPlan.TopK, Fraction: 0.1, ErrorFeedback: false) }).Value);
    }

    [Fact]
    public void Round_shares_an_update_among_its_slots()
    {
        FinalisedTicket ticket = Single with { SlotCount = 4, StepRate = 2, StepCount = 1 };
        RunPlan plan = new() { Workers = 4, Mode = RunPlan.Bsp };

        // M = 10 / 0.5 = 20, m = 20 / 4 = 5.
        Assert.Equal(30, Of(plan, ticket).Value);
    }

    [Fact]
    public void What_is_not_known_is_not_a_number()
    {
        Assert.True(double.IsNaN(PredictedBound.Of(new RunPlan(), new RunMaxima()).Value));
        Assert.True(double.IsNaN(Of(new RunPlan { Codec = new CodecPlan(CodecPlan.TopK, Fraction: 0.1) }, Single with { NormSquared = 0 }).Value));
        Assert.True(double.IsNaN(Of(new RunPlan(), Single with { Rate = 0 }).Value));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Gaps_of_simulated_runs_stay_inside_what_is_predicted_from_them(int topK) => SeedLaw.ForAll(seed =>
    {
        AsyncPlan plan = new() { Seed = seed, Problem = new Quadratic(18, 0.1, 1, 1), TopK = topK };
        RunMaxima maxima = new();
        List<FinalisedTicket> tickets = AsyncRun.Of(plan).Measure();
        tickets.ForEach(ticket => maxima.Add(ticket));
        double bound = PredictedBound.Of(WatchedRun.PlanOf(plan), maxima).Squared;

        Assert.True(bound > 0);
        Assert.All(tickets, ticket => Assert.True(ticket.GapBound <= bound, $"Gap {ticket.GapBound} of ticket {ticket.Ticket} is above B² = {bound}."));
    });

    private static ElasticBound Of(RunPlan plan, FinalisedTicket? ticket = null)
    {
        RunMaxima maxima = new();
        maxima.Add(ticket ?? Single);
        return PredictedBound.Of(plan, maxima);
    }
}
