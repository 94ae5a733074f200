using OrleansSgd.Cluster.Tests.Conformance.Grains;

namespace OrleansSgd.Cluster.Tests.Conformance;

[Collection(SharedGrid.Name)]
public sealed class TurnTests(GridFixture fixture)
{
    [Fact]
    public async Task A_grain_runs_on_its_own_scheduler_and_awaits_come_back_to_it()
    {
        var key = Journal.NewKey();
        var story = fixture.Probe(key).SchedulerStory(key);
        await Journal.Written(key, "waiting");
        Journal.Open(key);
        await Journal.Written(key, "waiting again");
        Journal.Open(key + "2");

        Assert.Equal("own back back left", await story);
    }

    [Fact]
    public async Task A_call_waits_until_the_one_before_it_has_ended()
    {
        var key = Journal.NewKey();
        var probe = fixture.Probe(key);
        var first = probe.Pass("first");
        await Journal.Written(key, "first begins");
        var second = probe.Pass("second");
        Journal.Open($"{key}/second");

        await probe.PassInterleavingThrough(key, "look");
        Assert.DoesNotContain("second begins", Journal.Read(key));
        Journal.Open($"{key}/first");
        await first;
        await second;

        Assert.Equal(
            ["first begins", "look begins", "look ends", "first ends", "second begins", "second ends"],
            Journal.Read(key));
    }

    [Fact]
    public async Task A_reentrant_grain_begins_a_call_while_another_awaits()
    {
        var key = Journal.NewKey();
        var grain = fixture.Grid.Client.GetGrain<IReentrantGrain>(key);
        var first = grain.Pass("first");
        await Journal.Written(key, "first begins");

        Journal.Open($"{key}/second");
        await grain.Pass("second");
        Journal.Open($"{key}/first");
        await first;

        Assert.Equal(["first begins", "second begins", "second ends", "first ends"], Journal.Read(key));
    }

    [Fact]
    public async Task Readers_interleave_with_readers()
    {
        var key = Journal.NewKey();
        var probe = fixture.Probe(key);
        var first = probe.PassReading("first");
        await Journal.Written(key, "first begins");

        Journal.Open($"{key}/second");
        await probe.PassReading("second");
        Journal.Open($"{key}/first");
        await first;

        Assert.Equal(["first begins", "second begins", "second ends", "first ends"], Journal.Read(key));
    }

    [Fact]
    public async Task A_reader_waits_for_a_writer()
    {
        var key = Journal.NewKey();
        var probe = fixture.Probe(key);
        var writer = probe.Pass("writer");
        await Journal.Written(key, "writer begins");
        var reader = probe.PassReading("reader");
        Journal.Open($"{key}/reader");

        await probe.PassInterleavingThrough(key, "look");
        Journal.Open($"{key}/writer");
        await Task.WhenAll(writer, reader);

        Assert.Equal(
            ["writer begins", "look begins", "look ends", "writer ends", "reader begins", "reader ends"],
            Journal.Read(key));
    }

    [Fact]
    public async Task Turns_of_one_activation_never_overlap_even_when_calls_interleave()
    {
        var key = Journal.NewKey();
        IGrainFactory[] factories = [fixture.Grid.Client, fixture.FirstFactory, fixture.SecondFactory];

        var alone = await Task.WhenAll(Enumerable.Range(0, 600).Select(
            call => Task.Run(() => factories[call % 3].GetGrain<IReentrantGrain>(key).Cross())));

        Assert.All(alone, Assert.True);
        Assert.Equal(1200, await fixture.Grid.Client.GetGrain<IReentrantGrain>(key).Crossings());
    }

    [Fact]
    public void The_overlap_detector_notices_two_threads()
    {
        var detector = new OverlapDetector();
        using var bothInside = new Barrier(2);

        var alone = new bool[2];
        var threads = Enumerable.Range(0, 2)
            .Select(index => new Thread(() => alone[index] = detector.Cross(() => bothInside.SignalAndWait())))
            .ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Assert.Contains(false, alone);
        Assert.Equal(1, detector.Count);
    }
}

/// <summary>Steps that several tests take.</summary>
internal static class ProbeSteps
{
    /// <summary>Makes an interleaving call and lets it through.</summary>
    public static Task PassInterleavingThrough(this IProbeGrain probe, string key, string name)
    {
        Journal.Open($"{key}/{name}");
        return probe.PassInterleaving(name);
    }
}
