using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Scheduling;

namespace OrleansSgd.Core.Tests.Scheduling;

/// <summary>Goal: a table that was saved and restored goes on as if nothing had happened. Method: save anywhere in any history.</summary>
public class LeaseTableSavingLaws
{
    [Fact]
    public void Asynchronous_leases_go_on_where_they_were_saved() => Prop.ForAll(SampleAccountLaws.Histories, h => Mistake(
        LeaseTable.Asynchronous(h.Samples, h.Epochs, h.Batch, h.Width, flushes: h.Workers), h.Samples, h.Epochs, h.Workers, h.Choices) is null)
        .QuickCheckThrowOnFailure();

    [Fact]
    public void Rounds_go_on_where_they_were_saved() => Prop.ForAll(SampleAccountLaws.Histories, h => Mistake(
        LeaseTable.Synchronous(h.Samples, h.Epochs, h.Batch, h.Workers, isFlushed: h.Width > 2),
        h.Samples, h.Epochs, h.Workers, h.Choices) is null)
        .QuickCheckThrowOnFailure();

    [Fact]
    public void Overlapping_rounds_go_on_where_they_were_saved() => Prop.ForAll(SampleAccountLaws.Histories, h => Mistake(
        LeaseTable.Overlapping(h.Samples, h.Epochs, h.Batch, h.Workers, h.Width / 5.0, isFlushed: true),
        h.Samples, h.Epochs, h.Workers, h.Choices) is null)
        .QuickCheckThrowOnFailure();

    [Fact]
    public void A_saved_table_that_forgets_a_lease_is_caught() => Assert.NotNull(Mistake(
        LeaseTable.Asynchronous(20, 1, 2, 2), 20, 1, 2, [7, 15], state => state with { Returned = [] }));

    [Fact]
    public void Saving_changes_nothing_and_restoring_gives_the_same_again()
    {
        var play = new LeasePlay(LeaseTable.Asynchronous(40, 2, 2, 4, flushes: 3), 40, 2, 3);
        int[] choices = [7, 15, 23, 7, 1 + 80, 15, 88, 2 + 160];
        Array.ForEach(choices, play.Do);

        string first = JsonSerializer.Serialize(play.Table.Save(_ => -1));
        string second = JsonSerializer.Serialize(play.Table.Save(_ => -1));
        string restored = JsonSerializer.Serialize(LeaseTable.Restore(play.Table.Save(_ => -1)).Save(_ => -1));

        Assert.Equal(first, second);
        Assert.Equal(first, restored);
    }

    [Fact]
    public void A_flush_that_was_not_pushed_is_owed_again()
    {
        var table = LeaseTable.Asynchronous(2, 1, 2, 1, flushes: 2);
        table.Ask(0, out Lease last);
        table.Commit(last.Id, 0);
        table.Ask(0, out Lease pushed);
        table.Ask(1, out Lease owed);

        LeaseTable restored = LeaseTable.Restore(table.Save(id => id == pushed.Id ? pushed.End : -1));

        Assert.Equal(LeaseVerdict.Wait, restored.Ask(0, out _));
        Assert.Equal(LeaseVerdict.Granted, restored.Ask(1, out Lease again));
        Assert.True(again.IsFlush && again.Id > owed.Id);
    }

    public static TheoryData<string, Func<LeaseTableState, LeaseTableState>> Damages => new()
    {
        { "samples, epochs", state => state with { Batch = 0 } },
        { "samples, epochs", state => state with { Quorum = double.NaN } },
        { "another length", state => state with { Used = [] } },
        { "another length", state => state with { IsFlushGiven = [true] } },
        { "position 11", state => state with { Position = 11 } },
        { "epoch by epoch", state => state with { SamplesUsed = 1 } },
        { "slots", state => state with { SlotCount = 3 } },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void A_state_that_contradicts_itself_is_refused(string part, Func<LeaseTableState, LeaseTableState> damage)
    {
        LeaseTableState state = LeaseTable.Asynchronous(10, 1, 2, 1).Save(_ => -1);

        Assert.Contains(part, Assert.Throws<ArgumentException>(() => LeaseTable.Restore(damage(state))).Message, StringComparison.Ordinal);
    }

    private static string? Mistake(
        LeaseTable table, int samples, int epochs, int workers, int[] choices, Func<LeaseTableState, LeaseTableState>? damage = null)
    {
        var play = new LeasePlay(table, samples, epochs, workers);
        int savedAt = choices[0] % choices.Length;
        for (int i = 0; i < choices.Length; i++)
        {
            play.Do(choices[i]);
            if (i >= savedAt && i % 40 == savedAt % 40)
            {
                (long used, int closed, EpochSamples before) = (play.Table.SamplesUsed, play.Table.EpochsClosed, play.Table.Account.Of(0, false));
                play.Resume(choices[i] / 7, state => Travelled(damage?.Invoke(state) ?? state));
                if (play.Table.SamplesUsed < used || play.Table.EpochsClosed < closed || play.Table.Account.Of(0, false).Once < before.Once)
                {
                    return "something was forgotten";
                }
            }
        }

        play.Finish();
        return SampleAccountLaws.Mistake(play, isOver: true)
            ?? (play.Table.IsFinished && play.Table.EpochsClosed == epochs && play.Table.SamplesUsed == (long)samples * epochs
                && play.Uses.Cast<int>().All(uses => uses > 0) ? null : "the run does not end");
    }

    private static LeaseTableState Travelled(LeaseTableState state) =>
        JsonSerializer.Deserialize<LeaseTableState>(JsonSerializer.Serialize(state))!;
}
