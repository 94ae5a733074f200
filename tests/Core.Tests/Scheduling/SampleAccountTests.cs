using OrleansSgd.Core.Scheduling;

namespace OrleansSgd.Core.Tests.Scheduling;

public class SampleAccountTests
{
    [Fact]
    public void An_epoch_that_went_well_is_one_span_and_has_no_notes()
    {
        var account = new SampleAccount(1000, 2);
        for (int start = 996; start >= 0; start -= 4)
        {
            account.Used(0, start, start + 4);
        }

        EpochSamples samples = account.Of(0, isOver: false);

        Assert.Equal((1000, 0, 0), (samples.Once, samples.Twice, samples.None));
        Assert.Empty(samples.Notes);
        Assert.Empty(account.Save());
        Assert.Equal(samples, new SampleAccount(1000, 2, [], [1000, 0]).Of(0, isOver: false) with { Notes = samples.Notes });
    }

    [Fact]
    public void Samples_that_are_not_used_yet_are_used_never_once_the_run_is_over()
    {
        var account = new SampleAccount(10, 1);
        account.Used(0, 0, 4);

        Assert.Equal((SampleReason.NotYet, 6), Only(account.Of(0, isOver: false)));
        Assert.Equal((SampleReason.RunEnded, 6), Only(account.Of(0, isOver: true)));
    }

    [Fact]
    public void A_lost_update_is_not_made_good_by_the_commit_of_its_lease()
    {
        var account = new SampleAccount(10, 1);
        account.Mark(0, 2, 4, SampleReason.Lost);
        account.Used(0, 0, 10);

        EpochSamples samples = account.Of(0, isOver: true);

        Assert.Equal((8, 0, 2), (samples.Once, samples.Twice, samples.None));
        Assert.Equal([new SampleRange(2, 4)], Assert.Single(samples.Notes).Ranges);
    }

    [Fact]
    public void A_void_ticket_leaves_its_samples_used_once_and_says_so()
    {
        var account = new SampleAccount(10, 1);
        account.Mark(0, 2, 4, SampleReason.Void);
        account.Used(0, 0, 10);

        EpochSamples samples = account.Of(0, isOver: true);

        Assert.Equal((10, 0, 0), (samples.Once, samples.Twice, samples.None));
        Assert.Equal((SampleReason.Void, 2), Only(samples));
    }

    [Fact]
    public void A_repeated_slot_is_used_twice_and_not_before_it_is_committed_again()
    {
        var account = new SampleAccount(10, 1);
        account.Used(0, 0, 10);
        account.Reopened(0, 4, 6);
        Assert.Equal((SampleReason.NotYet, 2), Only(account.Of(0, isOver: false)));

        account.Used(0, 4, 6);

        EpochSamples samples = account.Of(0, isOver: false);
        Assert.Equal((8, 2, 0), (samples.Once, samples.Twice, samples.None));
        Assert.Equal((SampleReason.SlotRepeated, 2), Only(samples));
    }

    [Fact]
    public void A_slot_that_some_shard_has_of_a_dead_worker_is_used_twice_too()
    {
        var account = new SampleAccount(10, 1);
        account.Repeated(0, 0, 5);
        account.Used(0, 0, 10);

        Assert.Equal((5, 5, 0), Counts(account.Of(0, isOver: false)));
    }

    [Fact]
    public void A_committed_slot_that_no_shard_has_is_used_once_at_the_second_try()
    {
        var account = new SampleAccount(10, 1);
        account.Used(0, 0, 10);
        account.Undone(0, 0, 5);
        Assert.Equal((5, 0, 5), Counts(account.Of(0, isOver: false)));

        account.Used(0, 0, 5);

        Assert.Equal((10, 0, 0), Counts(account.Of(0, isOver: false)));
        Assert.Equal((SampleReason.Void, 5), Only(account.Of(0, isOver: false)));
    }

    [Fact]
    public void Totals_count_epochs_that_have_not_begun()
    {
        var account = new SampleAccount(10, 3);
        account.Used(0, 0, 10);
        account.Used(1, 0, 5);
        account.Mark(1, 0, 2, SampleReason.Partial);

        SampleTotals all = account.InAll(isOver: true);

        Assert.Equal((13, 0, 17), (all.Once, all.Twice, all.None));
        Assert.Equal([(SampleReason.Partial, 2L), (SampleReason.RunEnded, 15L)], all.Notes);
    }

    [Fact]
    public void Saved_spans_of_another_run_are_refused()
    {
        var account = new SampleAccount(10, 1);
        account.Used(0, 0, 4);

        Assert.Throws<ArgumentException>(() => new SampleAccount(12, 1, account.Save(), [4]));
        Assert.Throws<ArgumentException>(() => new SampleAccount(10, 1, [new EpochSpans(1, [new SampleSpan(0, 10, 1, false, SampleReason.None)])], [4]));
        Assert.Throws<ArgumentException>(() => new SampleAccount(10, 1, [new EpochSpans(0, [])], [4]));
    }

    [Fact]
    public void Only_what_happens_to_updates_can_be_marked() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SampleAccount(10, 1).Mark(0, 0, 1, SampleReason.NotYet));

    [Fact]
    public void Every_reason_has_a_name_and_a_sentence_of_its_own()
    {
        SampleReason[] reasons = Enum.GetValues<SampleReason>();

        Assert.Equal(reasons.Length, reasons.Select(SampleReasons.NameOf).Distinct().Count());
        Assert.Equal(reasons.Length, reasons.Select(SampleReasons.SentenceOf).Distinct().Count());
    }

    private static (SampleReason, long) Only(EpochSamples samples) => (Assert.Single(samples.Notes).Reason, samples.Notes[0].Count);

    private static (long, long, long) Counts(EpochSamples samples) => (samples.Once, samples.Twice, samples.None);
}
