using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Chaos;

namespace OrleansSgd.Core.Tests.Chaos;

/// <summary>Goal: a script is played in its order, undone in time, and never further than the grid survives. Method: a grid that is a set of numbers.</summary>
public sealed class ChaosPlayerTests
{
    [Fact]
    public void A_kill_is_followed_by_a_join_of_the_same_silo()
    {
        var grid = new ToyGrid(Script(Kill(100, 1) with { UndoneAfter = ChaosTime.OfTickets(50) }), silos: 3);

        Assert.Empty(grid.PlayTo(99));
        Assert.Equal(["kill silo 1"], grid.PlayTo(100));
        Assert.Equal([0, 2], grid.Up);
        Assert.Empty(grid.PlayTo(149));
        Assert.Equal(["join silo 1"], grid.PlayTo(150));
        Assert.True(grid.Player.IsDone);
    }

    [Fact]
    public void Tickets_count_from_where_the_event_stood_even_when_the_host_came_late()
    {
        var grid = new ToyGrid(Script(Kill(100, 1) with { UndoneAfter = ChaosTime.OfTickets(50) }), silos: 3);

        grid.PlayTo(140);

        Assert.Equal(150, grid.Player.NextAt(ChaosClock.Tickets));
        Assert.Equal(double.PositiveInfinity, grid.Player.NextAt(ChaosClock.Seconds));
    }

    [Fact]
    public void A_partition_is_healed_and_the_silo_comes_again()
    {
        var grid = new ToyGrid(
            Script(new ChaosEvent(ChaosTime.OfTickets(10), ChaosEventKind.Partition, ChaosTarget.Silo(1)) { UndoneAfter = ChaosTime.OfSeconds(2) }), silos: 2);

        Assert.Equal(["partition silo 1"], grid.PlayTo(10, seconds: 5));
        Assert.Empty(grid.PlayTo(1000, seconds: 6.9));
        Assert.Equal(["heal silo 1", "join silo 1"], grid.PlayTo(1000, seconds: 7));
    }

    [Fact]
    public void Slowness_ends_and_a_guest_leaves()
    {
        var grid = new ToyGrid(
            Script(
                new ChaosEvent(ChaosTime.OfTickets(1), ChaosEventKind.Slow, ChaosTarget.Silo(0)) { Factor = 2.5, UndoneAfter = ChaosTime.OfTickets(5) },
                new ChaosEvent(ChaosTime.OfTickets(2), ChaosEventKind.Join, ChaosTarget.Random) { UndoneAfter = ChaosTime.OfTickets(5) }),
            silos: 2);

        Assert.Equal(["slow silo 0, 2.5 times", "join silo 2"], grid.PlayTo(3));
        Assert.Equal(["slow silo 0, back at full speed", "leave silo 2"], grid.PlayTo(7));
    }

    [Fact]
    public void The_last_silo_stays_whatever_the_script_says()
    {
        var grid = new ToyGrid(Script(Kill(1, 0), Kill(2, 1), Kill(2, 1)), silos: 2);

        Assert.Equal(["kill silo 0", "kill skipped: 1 silo is up, and one has to stay", "kill skipped: 1 silo is up, and one has to stay"], grid.PlayTo(2));
        Assert.Equal([1], grid.Up);
    }

    [Fact]
    public void What_cannot_be_done_says_why()
    {
        var grid = new ToyGrid(
            Script(
                Kill(1, 7),
                new ChaosEvent(ChaosTime.OfTickets(2), ChaosEventKind.Heal, ChaosTarget.Random),
                new ChaosEvent(ChaosTime.OfTickets(3), ChaosEventKind.Join, ChaosTarget.Silo(1))),
            silos: 3);

        Assert.Equal(
            ["kill skipped: no silo is 7", "heal skipped: no partitioned silo is random", "join skipped: silo 1 is up"],
            grid.PlayTo(3));
        Assert.Empty(grid.Player.Record.Events);
    }

    [Fact]
    public void The_record_of_a_drawn_script_does_the_same_again() => Prop.ForAll(
        ArbMap.Default.ArbFor<uint>(),
        seed =>
        {
            ChaosScript script = Drawn(seed);
            var first = new ToyGrid(script, silos: 4);
            string[] done = [.. Play(first).Where(step => !step.Contains("skipped", StringComparison.Ordinal))];

            var again = new ToyGrid(first.Player.Record, silos: 4);

            Assert.Equal(done, Play(again));
            Assert.Equal(first.Player.Record, again.Player.Record);
            Assert.Equal(first.Up, again.Up);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_grid_under_any_drawn_script_keeps_a_silo_and_ends_with_all_it_began_with() => Prop.ForAll(
        ArbMap.Default.ArbFor<uint>(),
        seed =>
        {
            var grid = new ToyGrid(Drawn(seed), silos: 3);
            for (long tickets = 0; !grid.Player.IsDone; tickets += 10)
            {
                grid.PlayTo(tickets);
                Assert.Contains(grid.Up, silo => !grid.Partitioned.Contains(silo));
            }

            Assert.All(Enumerable.Range(0, 3), silo => Assert.Contains(silo, grid.Up));
            Assert.Empty(grid.Partitioned);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Script_with_a_mistake_is_not_played() => Assert.StartsWith(
        "events[0].factor is 0.5; use 1 to 1000.",
        Assert.Throws<ArgumentException>(() => new ChaosPlayer(Script(Kill(1, 1) with { Kind = ChaosEventKind.Slow, Factor = 0.5 }))).Message,
        StringComparison.Ordinal);

    private static ChaosScript Script(params ChaosEvent[] events) => new(9, events);

    private static ChaosEvent Kill(long at, int silo) => new(ChaosTime.OfTickets(at), ChaosEventKind.Kill, ChaosTarget.Silo(silo));

    private static ChaosScript Drawn(uint seed) => new ChaosRates
    {
        Every = Enum.GetValues<ChaosEventKind>().Where(kind => kind != ChaosEventKind.Heal).ToDictionary(kind => kind, _ => ChaosTime.OfTickets(150)),
        Duration = ChaosTime.OfTickets(2000),
        RestartAfter = ChaosTime.OfTickets(60),
        Silos = ChaosTarget.Random,
    }.Generate(seed);

    private static List<string> Play(ToyGrid grid)
    {
        List<string> steps = [];
        for (long tickets = 0; !grid.Player.IsDone; tickets = Math.Max(tickets + 1, (long)grid.Player.NextAt(ChaosClock.Tickets)))
        {
            steps.AddRange(grid.PlayTo(tickets));
        }

        return steps;
    }

    private sealed class ToyGrid(ChaosScript script, int silos)
    {
        public ChaosPlayer Player { get; } = new(script);

        public SortedSet<int> Up { get; } = [.. Enumerable.Range(0, silos)];

        public HashSet<int> Partitioned { get; } = [];

        public List<string> PlayTo(long tickets, double seconds = 0)
        {
            List<string> steps = [];
            while (Player.TryNext(tickets, seconds, [.. Up.Select(silo => new ChaosSilo(silo, Partitioned.Contains(silo)))], 0, out ChaosStep step))
            {
                steps.Add(step.ToString());
                switch (step.Skipped is null ? step.Kind : ChaosEventKind.Slow)
                {
                    case ChaosEventKind.Join:
                        Assert.True(Up.Add(step.Silo));
                        break;
                    case ChaosEventKind.Partition:
                        Assert.True(Partitioned.Add(step.Silo));
                        break;
                    case ChaosEventKind.Kill or ChaosEventKind.Leave or ChaosEventKind.Heal:
                        Assert.True(Up.Remove(step.Silo));
                        Assert.Equal(step.Kind == ChaosEventKind.Heal, Partitioned.Remove(step.Silo));
                        break;
                }
            }

            return steps;
        }
    }
}
