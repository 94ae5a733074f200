using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Shards;

namespace OrleansSgd.Core.Tests.Shards;

public class ChangeLogTests
{
    // Lengths around the limits of the log, and one where a few changes are sorted and many are marked.
    private static readonly Arbitrary<(int Length, uint[][] Updates)> Histories =
        (from length in Gen.OneOf(Gen.Choose(1, 5), Gen.Choose(20, 300), Gen.Constant(50_000))
         from updates in Gen.ArrayOf(
             from count in Gen.Choose(1, Math.Min(length, 12))
             from coordinates in Gen.ArrayOf(Gen.Choose(0, length - 1), count)
             from isWhole in Gen.Frequency((1, Gen.Constant(true)), (9, Gen.Constant(false)))
             select isWhole ? [] : coordinates.Distinct().Order().Select(one => (uint)one).ToArray())
         select (length, updates)).ToArbitrary();

    [Fact]
    public void Log_lists_what_changed_since_any_version_it_covers_once_and_ascending() =>
        Prop.ForAll(Histories, history => Mistake(history.Length, history.Updates, perVersion: 1) is null).QuickCheckThrowOnFailure();

    [Fact]
    public void Contributions_of_one_round_are_one_change() =>
        Prop.ForAll(Histories, history => Mistake(history.Length, history.Updates, perVersion: 3) is null).QuickCheckThrowOnFailure();

    [Fact]
    public void Coordinate_that_two_contributions_of_a_round_touch_is_listed_once()
    {
        var log = new ChangeLog(1000, 0);
        log.Record(1, [3, 8]);
        log.Record(1, [3, 5]);
        uint[] changed = new uint[500];

        int count = log.Collect(0, changed);

        Assert.Equal([3u, 5u, 8u], changed[..count]);
    }

    [Fact]
    public void Log_reaches_back_as_far_as_its_room()
    {
        var log = new ChangeLog(20, 100); // room for 10
        for (uint version = 101; version <= 105; version++)
        {
            log.Record(version, [0, version - 100]);
        }

        Assert.True(log.Covers(100));
        log.Record(106, [1]);
        Assert.False(log.Covers(100));
        Assert.True(log.Covers(101));
    }

    [Fact]
    public void Update_with_more_coordinates_than_there_is_room_counts_as_whole()
    {
        var log = new ChangeLog(8, 0);
        log.Record(1, [0, 1, 2, 3, 4]);

        Assert.False(log.Covers(0));
        Assert.True(log.Covers(1));
    }

    [Fact]
    public void Log_that_overlooks_a_version_is_caught() =>
        Assert.NotNull(Mistake(1000, [[1], [2], [3]], perVersion: 1, overlooked: 2));

    private static string? Mistake(int length, uint[][] updates, int perVersion, int overlooked = -1)
    {
        const long Origin = 7;
        var log = new ChangeLog(length, Origin);
        var history = new List<(long Version, uint[] Update)>();
        for (int i = 0; i < updates.Length; i++)
        {
            long version = Origin + 1 + (i / perVersion);
            history.Add((version, updates[i]));
            if (updates[i].Length == 0)
            {
                log.RecordWhole(version);
            }
            else if (i != overlooked)
            {
                log.Record(version, updates[i]);
            }
        }

        uint[] room = new uint[Math.Max(1, length / 2)];
        for (long since = Origin; since <= Origin + updates.Length; since++)
        {
            var later = history.Where(one => one.Version > since).ToList();
            bool isKnown = later.TrueForAll(one => one.Update.Length > 0);
            if (!log.Covers(since))
            {
                continue;
            }

            uint[] expected = [.. later.SelectMany(one => one.Update).Distinct().Order()];
            uint[] listed = room[..log.Collect(since, room)];
            if (!isKnown || !listed.SequenceEqual(expected))
            {
                return $"since {since}: [{string.Join(' ', listed)}], not [{string.Join(' ', expected)}]";
            }
        }

        return log.Covers(Origin + updates.Length) ? null : "the newest version is not covered";
    }
}
