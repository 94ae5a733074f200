using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Chaos;

namespace OrleansSgd.Core.Tests.Chaos;

/// <summary>Goal: a drawn script is a pure function of seed and rates, and has about as many events as asked for.</summary>
public sealed class ChaosRatesTests
{
    private const int ScriptLength = 20_000;

    private static readonly ChaosRates Kills = new()
    {
        Every = new Dictionary<ChaosEventKind, ChaosTime> { [ChaosEventKind.Kill] = ChaosTime.OfSeconds(30) },
        Duration = ChaosTime.OfSeconds(3000),
        RestartAfter = ChaosTime.OfSeconds(2),
    };

    [Fact]
    public void Same_seed_and_rates_give_the_same_script_and_another_seed_another() => Prop.ForAll(
        ArbMap.Default.ArbFor<uint>(),
        seed =>
        {
            Assert.Equal(Kills.Generate(seed), Kills.Generate(seed));
            Assert.NotEqual(Kills.Generate(seed).Events, Kills.Generate(seed + 1UL).Events);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Events_are_in_order_within_the_duration_and_half_to_one_and_a_half_means_apart() => Prop.ForAll(
        ArbMap.Default.ArbFor<uint>(),
        seed =>
        {
            double[] at = [.. Kills.Generate(seed).Events.Select(one => one.At.Value)];
            Assert.Equal(at.Order(), at);
            Assert.InRange(at.Length, 80, 125);
            Assert.All(at, one => Assert.InRange(one, 15, 3000));
            Assert.All(at.Zip(at.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 14.999, 45.001));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void One_more_kind_leaves_the_moments_of_the_others_as_they_were()
    {
        ChaosRates more = Kills with
        {
            Every = new Dictionary<ChaosEventKind, ChaosTime>(Kills.Every) { [ChaosEventKind.Slow] = ChaosTime.OfSeconds(7) },
        };

        Assert.Equal(Kills.Generate(5).Events, more.Generate(5).Events.Where(one => one.Kind == ChaosEventKind.Kill));
        Assert.All(more.Generate(5).Events.Where(one => one.Kind == ChaosEventKind.Slow), one => Assert.InRange(one.Factor, 2, ChaosRates.FactorDrawnMax));
    }

    [Fact]
    public void A_drawn_script_has_no_mistakes_whatever_its_kinds_and_clock() => Prop.ForAll(
        (from kinds in Gen.Choose(1, 31)
         from every in Gen.Choose(ScriptLength / (ChaosScript.EventsMax / 8) + 1, 5000) // fewer events of a kind than a script may have
         from clock in Gen.Elements(ChaosClock.Seconds, ChaosClock.Tickets)
         select (kinds, every, clock)).ToArbitrary(),
        drawn =>
        {
            (int kinds, int every, ChaosClock clock) = drawn;
            ChaosRates rates = new()
            {
                Every = Enum.GetValues<ChaosEventKind>().Where(kind => kind != ChaosEventKind.Heal && (kinds & (1 << (int)kind)) != 0)
                    .ToDictionary(kind => kind, _ => new ChaosTime(clock, every)),
                Duration = new ChaosTime(clock, ScriptLength),
                RestartAfter = new ChaosTime(clock, every / 2),
            };
            ChaosScript script = rates.Generate((ulong)every);
            Assert.Empty(script.Mistakes());
            Assert.Equal(clock == ChaosClock.Tickets, script.IsByTickets);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_mistake_is_named_with_its_remedy()
    {
        ChaosRates wrong = Kills with
        {
            Every = new Dictionary<ChaosEventKind, ChaosTime>
            {
                [ChaosEventKind.Kill] = ChaosTime.OfSeconds(0),
                [ChaosEventKind.Leave] = ChaosTime.OfTickets(100),
                [ChaosEventKind.Join] = ChaosTime.OfSeconds(0.001),
                [ChaosEventKind.Heal] = ChaosTime.OfSeconds(1),
            },
            RestartAfter = ChaosTime.OfTickets(1),
        };

        Assert.Equal(
            [
                "the time between two events of kind kill is 0s; use more than 0.",
                "the time between two events of kind leave is 100t, but the duration is 3000s; give both in time or both in tickets.",
                "3000s has more events every 0.001s than the 12500 that a script may have of a kind; use fewer.",
                "events has heal, which follows each partition by itself; use partition.",
                "the time to restart is 1t, but the duration is 3000s; give both in time or both in tickets.",
            ],
            wrong.Mistakes());
        Assert.StartsWith("the time between two events", Assert.Throws<ArgumentException>(() => wrong.Generate(1)).Message, StringComparison.Ordinal);
        Assert.Equal("events is empty; use one or more of join, leave, kill, slow, partition.", Assert.Single((Kills with { Every = new Dictionary<ChaosEventKind, ChaosTime>() }).Mistakes()));
    }
}
