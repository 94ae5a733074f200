using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Scheduling;

namespace OrleansSgd.Core.Tests.Scheduling;

/// <summary>Goal: every sample of every epoch is used once. Method: any order of calls, beside a plain count of uses.</summary>
public class LeaseTableLaws
{
    private static readonly Arbitrary<(int Samples, int Epochs, int Batch, int Width, int Workers, int[] Choices)> Histories =
        (from samples in Gen.Choose(1, 60)
         from epochs in Gen.Choose(1, 3)
         from batch in Gen.Choose(1, 8)
         from width in Gen.Choose(1, 5)
         from workers in Gen.Choose(1, 5)
         from choices in Gen.ArrayOf(Gen.Choose(0, 10_000), 400)
         select (samples, epochs, batch, width, workers, choices)).ToArbitrary();

    [Fact]
    public void Asynchronous_leases_use_every_sample_once_whoever_gets_lost() =>
        Prop.ForAll(Histories, h => Mistake(
            LeaseTable.Asynchronous(h.Samples, h.Epochs, h.Batch, h.Width), h.Samples, h.Epochs, h.Workers, h.Choices) is null)
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Rounds_use_every_sample_once_whoever_gets_lost() =>
        Prop.ForAll(Histories, h => Mistake(
            LeaseTable.Synchronous(h.Samples, h.Epochs, h.Batch, h.Workers), h.Samples, h.Epochs, h.Workers, h.Choices) is null)
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Overlapping_rounds_use_every_sample_once_whoever_gets_lost() =>
        Prop.ForAll(Histories, h => Mistake(
            LeaseTable.Overlapping(h.Samples, h.Epochs, h.Batch, h.Workers, h.Width / 5.0, isFlushed: true),
            h.Samples, h.Epochs, h.Workers, h.Choices, ahead: 2) is null)
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Flushes_change_nothing_about_samples() =>
        Prop.ForAll(Histories, h => Mistake(
            LeaseTable.Asynchronous(h.Samples, h.Epochs, h.Batch, h.Width, flushes: h.Workers),
            h.Samples, h.Epochs, h.Workers, h.Choices) is null && Mistake(
            LeaseTable.Synchronous(h.Samples, h.Epochs, h.Batch, h.Workers, isFlushed: true),
            h.Samples, h.Epochs, h.Workers, h.Choices) is null)
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Lease_that_is_used_without_being_committed_is_caught() => Assert.NotNull(Mistake(
        LeaseTable.Asynchronous(20, 1, 2, 2), 20, 1, 2, [.. Enumerable.Range(0, 400).Select(i => 4 * i)], forgotten: 3));

    // Plays the choices, then lets everybody finish; counts what was used of each sample.
    private static string? Mistake(
        LeaseTable table, int samples, int epochs, int workers, int[] choices, int forgotten = -1, int ahead = 1)
    {
        int[,] uses = new int[epochs, samples];
        Lease?[] held = new Lease?[workers];
        long roundUsed = -1;
        for (int i = 0; i < choices.Length + (samples * epochs * 8); i++)
        {
            int choice = i < choices.Length ? choices[i] : 4 * i;
            int worker = choice / 4 % workers;
            if (held[worker] is not { } lease)
            {
                LeaseVerdict verdict = table.Ask(worker, out Lease granted);
                held[worker] = verdict == LeaseVerdict.Granted ? granted : null;
                if (verdict == LeaseVerdict.Granted && granted.Round > roundUsed + ahead)
                {
                    return $"round {granted.Round} opened while {roundUsed} was the last to be used";
                }

                continue;
            }

            held[worker] = null;
            if (lease.IsFlush)
            {
                bool isDone = choice % 4 <= 1 ? table.Commit(lease.Id, worker) : table.Return(lease.Id);
                if (!isDone || !(table.IsFlushing || table.IsFinished))
                {
                    return $"flush {lease.Id} was granted before the last sample was used";
                }

                continue;
            }

            int used = (choice % 4) switch
            {
                0 or 1 => lease.End,
                2 => lease.Start,
                _ => lease.Round < 0 ? lease.Start + (choice / 40 % (lease.Length + 1)) : lease.Start,
            };
            if (choice % 4 <= 1)
            {
                if (!table.Commit(lease.Id, worker) || table.Commit(lease.Id, worker))
                {
                    return $"lease {lease.Id} cannot be committed once";
                }
            }
            else if (choice % 8 == 7 && lease.Round < 0 && used > lease.Start)
            {
                table.Split(lease.Id, used);
                table.Return(lease.Id, used);
            }
            else
            {
                table.Return(lease.Id, used);
            }

            for (int position = lease.Start; position < used && lease.Id != forgotten; position++)
            {
                uses[lease.Epoch, position]++;
            }

            roundUsed = used == lease.End ? Math.Max(roundUsed, lease.Round) : roundUsed;
        }

        if (!table.IsFinished || table.SamplesUsed != (long)samples * epochs || table.EpochsClosed != epochs)
        {
            return $"{table.SamplesUsed} samples, {table.EpochsClosed} epochs";
        }

        return uses.Cast<int>().All(count => count == 1) ? null : "a sample was not used once";
    }
}
