using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Scheduling;

namespace OrleansSgd.Core.Tests.Scheduling;

/// <summary>Goal: every sample is accounted for. Method: any history of leases, beside a plain count for every sample.</summary>
public class SampleAccountLaws
{
    internal static readonly Arbitrary<(int Samples, int Epochs, int Batch, int Width, int Workers, int[] Choices)> Histories =
        (from samples in Gen.Choose(1, 60)
         from epochs in Gen.Choose(1, 3)
         from batch in Gen.Choose(1, 8)
         from width in Gen.Choose(1, 5)
         from workers in Gen.Choose(1, 5)
         from choices in Gen.ArrayOf(Gen.Choose(0, 100_000), 200)
         select (samples, epochs, batch, width, workers, choices)).ToArbitrary();

    [Fact]
    public void Accounts_of_asynchronous_runs_are_those_of_a_plain_count() => Prop.ForAll(Histories, h => Mistake(
        LeaseTable.Asynchronous(h.Samples, h.Epochs, h.Batch, h.Width), h.Samples, h.Epochs, h.Workers, h.Choices) is null)
        .QuickCheckThrowOnFailure();

    [Fact]
    public void Accounts_of_rounds_are_those_of_a_plain_count() => Prop.ForAll(Histories, h => Mistake(
        LeaseTable.Synchronous(h.Samples, h.Epochs, h.Batch, h.Workers), h.Samples, h.Epochs, h.Workers, h.Choices) is null)
        .QuickCheckThrowOnFailure();

    [Fact]
    public void Accounts_of_overlapping_rounds_are_those_of_a_plain_count() => Prop.ForAll(Histories, h => Mistake(
        LeaseTable.Overlapping(h.Samples, h.Epochs, h.Batch, h.Workers, h.Width / 5.0, isFlushed: true),
        h.Samples, h.Epochs, h.Workers, h.Choices) is null)
        .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(SampleReason.Lost)]
    [InlineData(SampleReason.Partial)]
    public void A_mark_that_nobody_made_is_caught(SampleReason planted)
    {
        var play = new LeasePlay(LeaseTable.Asynchronous(20, 1, 2, 2), 20, 1, 2);
        play.Finish();
        Assert.Null(Mistake(play, isOver: true));

        play.Table.Account.Mark(0, 4, 6, planted);

        Assert.NotNull(Mistake(play, isOver: true));
    }

    [Fact]
    public void A_use_that_nobody_made_is_caught()
    {
        var play = new LeasePlay(LeaseTable.Asynchronous(20, 1, 2, 2), 20, 1, 2);
        play.Finish();

        play.Table.Account.Used(0, 19, 20);

        Assert.NotNull(Mistake(play, isOver: true));
    }

    private static string? Mistake(LeaseTable table, int samples, int epochs, int workers, int[] choices)
    {
        var play = new LeasePlay(table, samples, epochs, workers);
        for (int i = 0; i < choices.Length; i++)
        {
            play.Do(choices[i]);
            if (i % 20 == 0 && Mistake(play, isOver: false) is { } early)
            {
                return $"after {i} choices: {early}";
            }
        }

        if (Mistake(play, isOver: true) is { } cancelled)
        {
            return $"cancelled: {cancelled}";
        }

        play.Finish();
        return Mistake(play, isOver: true) ?? (play.Table.IsFinished ? null : "not finished");
    }

    internal static string? Mistake(LeasePlay play, bool isOver)
    {
        (int epochs, int samples) = (play.Uses.GetLength(0), play.Uses.GetLength(1));
        long once = 0;
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            EpochSamples account = play.Table.Account.Of(epoch, isOver);
            var reasons = new SampleReason[samples];
            foreach (SampleNote note in account.Notes)
            {
                if (note.Count == 0 || note.Count != note.Ranges.Sum(range => range.End - range.Start))
                {
                    return $"epoch {epoch} has a note of {note.Count} samples whose ranges say otherwise";
                }

                foreach (SampleRange range in note.Ranges)
                {
                    Array.Fill(reasons, note.Reason, range.Start, range.End - range.Start);
                }
            }

            (long Once, long Twice, long None) counted = default;
            for (int position = 0; position < samples; position++)
            {
                SampleReason mark = play.Marks[epoch, position];
                int uses = play.Uses[epoch, position];
                bool isUnused = uses == 0 || play.Open.Contains((epoch, position));
                bool isMissing = isUnused || mark is SampleReason.Lost or SampleReason.Partial;
                counted = isMissing ? counted with { None = counted.None + 1 }
                    : uses > 1 ? counted with { Twice = counted.Twice + 1 }
                    : counted with { Once = counted.Once + 1 };
                SampleReason expected = isUnused && mark < SampleReason.Partial
                    ? isOver ? SampleReason.RunEnded : SampleReason.NotYet
                    : mark;
                if (reasons[position] != expected || ((isMissing || uses > 1) && expected == SampleReason.None))
                {
                    return $"sample {position} of epoch {epoch} has the reason {reasons[position]}, not {expected}";
                }
            }

            if (counted != (account.Once, account.Twice, account.None) || account.Count != samples)
            {
                return $"epoch {epoch} counts {account.Once}, {account.Twice}, {account.None}, not {counted}";
            }

            once += account.Once;
        }

        SampleTotals all = play.Table.Account.InAll(isOver);
        return all.Once == once && all.Once + all.Twice + all.None == (long)samples * epochs ? null : "the totals are not the sums";
    }
}
