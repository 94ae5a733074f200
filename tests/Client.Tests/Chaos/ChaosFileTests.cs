using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Client.Chaos;
using OrleansSgd.Core.Chaos;

namespace OrleansSgd.Client.Tests.Chaos;

/// <summary>Goal: a script is read as it was written, and every mistake in one is named with its place.</summary>
public sealed class ChaosFileTests
{
    [Fact]
    public void A_script_is_read_with_all_its_keys()
    {
        ChaosFileOutcome read = ChaosFile.Parse(
            """
            # comment
            seed: 18446744073709551615
            events:
              - {at: 30s, event: kill, silo: member, restartAfter: 2s}
              - at: 2000t
                event: slow
                silo: 1
                factor: 2.5
                lasts: 500t
              - {at: 1m, event: leave, silo: coordinator, deadline: 5s, restartAfter: 100ms}
              - {"at": "1h", "event": "join"}
            """,
            "churn.yaml");

        Assert.Empty(read.Mistakes);
        Assert.Equal(
            new ChaosScript(
                ulong.MaxValue,
                [
                    new(ChaosTime.OfSeconds(30), ChaosEventKind.Kill, ChaosTarget.Member) { UndoneAfter = ChaosTime.OfSeconds(2) },
                    new(ChaosTime.OfTickets(2000), ChaosEventKind.Slow, ChaosTarget.Silo(1)) { Factor = 2.5, UndoneAfter = ChaosTime.OfTickets(500) },
                    new(ChaosTime.OfSeconds(60), ChaosEventKind.Leave, ChaosTarget.Coordinator) { UndoneAfter = ChaosTime.OfSeconds(0.1), Deadline = ChaosTime.OfSeconds(5) },
                    new(ChaosTime.OfSeconds(3600), ChaosEventKind.Join, ChaosTarget.Random),
                ]),
            read.Script);
    }

    [Fact]
    public void JSON_is_read_as_well() => Assert.Equal(
        new ChaosScript(4, [new(ChaosTime.OfTickets(7), ChaosEventKind.Kill, ChaosTarget.Silo(2))]),
        ChaosFile.Parse("""{"seed": 4, "events": [{"at": "7t", "event": "kill", "silo": 2}]}""", "a.json").Script);

    [Fact]
    public void Whatever_is_drawn_is_written_and_read_again_to_the_last_bit() => Prop.ForAll(
        (from seed in Gen.Choose(0, int.MaxValue)
         from clock in Gen.Elements(ChaosClock.Seconds, ChaosClock.Tickets)
         from restart in Gen.Choose(0, 100)
         select (seed, clock, restart)).ToArbitrary(),
        drawn =>
        {
            ChaosScript script = new ChaosRates
            {
                Every = Enum.GetValues<ChaosEventKind>().Where(kind => kind != ChaosEventKind.Heal).ToDictionary(kind => kind, _ => new ChaosTime(drawn.clock, 50)),
                Duration = new ChaosTime(drawn.clock, 1000),
                RestartAfter = new ChaosTime(drawn.clock, drawn.restart),
            }.Generate((ulong)drawn.seed);
            ChaosFileOutcome read = ChaosFile.Parse(ChaosFile.TextOf(script), "drawn");
            Assert.Empty(read.Mistakes);
            Assert.Equal(script, read.Script);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_script_without_events_is_one() =>
        Assert.Equal(new ChaosScript(5, []), ChaosFile.Parse(ChaosFile.TextOf(new ChaosScript(5, [])), "none").Script);

    [Theory]
    [InlineData("[]", "s.yaml: it is no list of keys; a script has seed: N and events: […].")]
    [InlineData("seed: 1", "s.yaml:1:1: events is missing; a script without events changes nothing.")]
    [InlineData("seed: -1\nevents: []", "s.yaml:1:7: seed is '-1'; use a whole number, 0 or more.")]
    [InlineData("evnets: []", "s.yaml:1:1: evnets is not a key of a script; did you mean events?")]
    [InlineData("seed: 1\nseed: 2\nevents: []", "s.yaml:2:1: seed is given twice; keep one.")]
    [InlineData("events: 3", "s.yaml:1:9: events is no list; write one event a line, each after a dash.")]
    [InlineData("events: [kill]", "s.yaml:1:10: events[0] is no event; use {at: 30s, event: kill, silo: random}.")]
    [InlineData("events: [{event: kill}]", "s.yaml:1:10: events[0].at is missing; use a number with its unit")]
    [InlineData("events: [{at: 1s}]", "s.yaml:1:10: events[0].event is missing; use one of kill")]
    [InlineData("events: [{at: 30, event: kill}]", "s.yaml:1:15: events[0].at is '30'; use a number with its unit: 500ms, 30s, 5m, 1h, or 2000t for tickets.")]
    [InlineData("events: [{at: 1s, event: kil}]", "s.yaml:1:26: events[0].event is 'kil'; use join, leave, kill, slow, partition, heal. Did you mean kill?")]
    [InlineData("events: [{at: 1s, event: kill, silo: all}]", "s.yaml:1:38: events[0].silo is 'all'; use a silo's number, random, member or coordinator.")]
    [InlineData("events: [{at: 1s, event: slow, factor: 0.5}]", "s.yaml:1:40: events[0].factor is 0.5; use 1 to 1000.")]
    [InlineData("events: [{at: 1s, event: kill, factor: 2}]", "s.yaml:1:40: events[0].factor is 2, but only slow has one; remove it, or use event: slow.")]
    [InlineData("events: [{at: 1s, event: kill, lasts: 2s}]", "s.yaml:1:39: events[0].lasts is not for kill; use restartAfter.")]
    [InlineData("events: [{at: 1s, event: slow, factor: 2, restartAfter: 2s}]", "s.yaml:1:57: events[0].restartAfter is not for slow; use lasts.")]
    [InlineData("events: [{at: 1s, event: kill, deadline: 2s}]", "s.yaml:1:42: events[0].deadline is 2s, but only leave has one; remove it, or use event: leave.")]
    [InlineData("events: [{at: 1s, event: leave, deadline: 200t}]", "s.yaml:1:43: events[0].deadline is 200t; use seconds, such as 10s.")]
    [InlineData("events: [{at: 1s, event: join, silo: coordinator}]", "s.yaml:1:38: events[0].silo is coordinator, but who joins has no role yet;")]
    [InlineData("events: [{at: 1s, event: kill, when: 2s}]", "s.yaml:1:32: events[0].when is not a key of a script; the keys are at, event")]
    [InlineData("events: [", "s.yaml:2:1: this is not YAML as scripts use it:")]
    public void A_mistake_is_named_with_its_place(string text, string mistake)
    {
        ChaosFileOutcome read = ChaosFile.Parse(text, "s.yaml");

        Assert.Null(read.Script);
        Assert.StartsWith(mistake, Assert.Single(read.Mistakes), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_mistake_is_named_at_once() => Assert.Equal(
        ["s.yaml:1:7: seed is 'x'; use a whole number, 0 or more.", "s.yaml:3:10: events[0].at is 'soon'; use a number with its unit: 500ms, 30s, 5m, 1h, or 2000t for tickets."],
        ChaosFile.Parse("seed: x\nevents:\n  - {at: soon, event: kill}\n", "s.yaml").Mistakes);

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        ChaosFileOutcome read = ChaosFile.Read("gone.yaml");

        Assert.Equal("gone.yaml: there is no such file; check the path, or leave --script out for a drawn one.", Assert.Single(read.Mistakes));
    }
}
