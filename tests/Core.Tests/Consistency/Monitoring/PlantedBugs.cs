using OrleansSgd.Core.Consistency.Certificates;
using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Consistency.Monitoring;

namespace OrleansSgd.Core.Tests.Consistency.Monitoring;

/// <summary>Goal: no bug that spoils x or its ledger passes in silence. Method: the same run without the bug, which must be clean, and with it.</summary>
public class PlantedBugs
{
    private static readonly Quadratic Problem = new(18, 0.1, 1, 1);

    [Fact]
    public void Lost_update_is_caught_by_the_balance() => Caught(PlantedBug.LostUpdate, "lost, doubled or torn");

    [Fact]
    public void Update_applied_twice_is_caught_by_the_balance() => Caught(PlantedBug.DoubleApply, "lost, doubled or torn");

    [Fact]
    public void Torn_slice_is_caught_by_the_balance() => Caught(PlantedBug.TornSlice, "Shard 1 is off");

    [Fact]
    public void Update_applied_at_another_rate_than_told_is_caught_by_the_balance() => Caught(PlantedBug.WrongRate, "applied with another factor");

    [Fact]
    public void Residual_that_is_kept_secret_is_caught_by_what_the_codec_lost() =>
        Caught(PlantedBug.DroppedResidual, "held back or dropped", plan => plan with { TopK = 3 });

    [Fact]
    public void Ticket_taken_before_the_view_is_caught_by_the_view() => Caught(PlantedBug.EarlyTicket, "which is not before its step");

    [Fact]
    public void Delay_told_too_small_is_caught_by_the_exact_distance() => Caught(PlantedBug.UnderReportedDelay, "claims updates it does not have");

    [Fact]
    public void Codec_that_hides_its_bias_is_caught_by_what_it_lost() =>
        Caught(PlantedBug.HiddenBias, "held back or dropped", plan => plan with { TopK = 3, Feedback = false });

    private static void Caught(PlantedBug bug, string alarm, Func<AsyncPlan, AsyncPlan>? change = null) => SeedLaw.ForAll(seed =>
    {
        AsyncPlan plan = new() { Seed = seed, Problem = Problem, Rate = t => t % 50 < 25 ? 0.05 : 0.02 };
        plan = change?.Invoke(plan) ?? plan;

        // The control: what catches the bug says nothing without it.
        RunMonitor clean = WatchedRun.Of(plan, out _);
        Assert.Empty(clean.Report().Alarms);
        Assert.False(clean.TryNextFact(out _));

        RunMonitor monitor = WatchedRun.Of(plan with { Bug = bug }, out _);
        MonitorReport report = monitor.Report();
        Assert.Contains(report.Alarms, sentence => sentence.Contains(alarm, StringComparison.Ordinal));
        Assert.Equal(CertificateStatus.Void, report.Certificate.Status);
        Assert.True(monitor.TryNextFact(out LedgerFact fact));
        Assert.Equal(LedgerFactKind.Break, fact.Kind);
    });
}
