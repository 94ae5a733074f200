using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Samples;
using OrleansSgd.Data;
using OrleansSgd.Data.Augmentation;
using OrleansSgd.Grains.Workers;

namespace OrleansSgd.Cluster.Tests.Parts;

public sealed class BatchReaderTests
{
    private const int BatchMax = 9;
    private const ulong Seed = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly TinySamples _samples = new(150, 12, 3);
    private readonly ISampleTransform _transform =
        SampleTransforms.Create(new DataPlan { Kind = "idx", Augment = ["crop", "flip"] }, [1, 3, 4], Seed)!;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Batches_are_the_same_bits_whether_they_are_read_ahead_or_not(int ahead)
    {
        var plain = new BatchReader(_samples, Seed, BatchMax, _transform);
        var prefetching = new BatchReader(_samples, Seed, BatchMax, _transform, ahead);

        Assert.Equal(Walk(plain), Walk(prefetching));
    }

    [Fact]
    public void The_comparison_catches_a_batch_changed_as_in_another_epoch()
    {
        var plain = new BatchReader(_samples, Seed, BatchMax, _transform);
        var late = new BatchReader(_samples, Seed, BatchMax, new LateTransform(_transform));

        Assert.NotEqual(Walk(plain), Walk(late));
    }

    [Fact]
    public void The_next_batch_is_read_while_the_one_before_is_in_use()
    {
        var watched = new WatchedSamples(_samples);
        var reader = new BatchReader(watched, Seed, BatchMax, transform: null, batchesAhead: 1);

        SampleBatch first = reader.Read(reader.Rows(0, 0, 4, end: 12));
        float[] before = first.Dense.ToArray();

        Assert.True(watched.WaitForReads(2, Patience), "Nobody read the batch that was announced.");
        Assert.Equal(before, first.Dense.ToArray());
        reader.Read(reader.Rows(0, 4, 4, end: 8));
        Assert.Equal(2, watched.Reads);
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, true)]
    [InlineData(true, true, false)] // what a transform changes has to be floats
    public void Sources_are_told_whether_bytes_will_do(bool takesBytes, bool isTransformed, bool expected)
    {
        var reader = new BatchReader(_samples, Seed, BatchMax, isTransformed ? _transform : null, batchesAhead: 0, takesBytes);

        Assert.Equal(expected, reader.Read(reader.Rows(0, 0, 4, end: 4)).TakesBytes);
    }

    [Fact]
    public void Nothing_is_read_beyond_the_lease()
    {
        var watched = new WatchedSamples(_samples);
        var reader = new BatchReader(watched, Seed, BatchMax, transform: null, batchesAhead: 3);

        reader.Read(reader.Rows(0, 0, 4, end: 6));

        Assert.True(watched.WaitForReads(2, Patience));
        reader.Read(reader.Rows(0, 4, 2, end: 6));

        // Two threads read, and nothing says which of them comes first.
        Assert.Equal([2, 4], watched.Lengths.Order());
    }

    [Fact]
    public void A_batch_nobody_has_begun_is_read_by_whoever_wants_it_and_the_late_work_item_does_nothing()
    {
        var watched = new WatchedSamples(_samples);
        var batch = new PrefetchedBatch(watched, null, BatchMax);
        var order = new SeededPermutation(_samples.Count, Seed, 0);
        batch.Ask(order, 0, 8, 3);

        Assert.True(batch.Finish());
        batch.Execute();

        Assert.Equal(1, watched.Reads);
        Assert.True(batch.IsAt(0, 8, 3));
        Assert.Equal(3, batch.Batch.Count);
    }

    [Fact]
    public void A_batch_dropped_while_it_is_read_is_free_once_that_is_over()
    {
        using var gate = new ManualResetEventSlim();
        var watched = new WatchedSamples(_samples) { Gate = gate };
        var batch = new PrefetchedBatch(watched, null, BatchMax);
        batch.Ask(new SeededPermutation(_samples.Count, Seed, 0), 0, 0, 3);
        Assert.True(watched.WaitForBegin(Patience));

        batch.Drop();

        Assert.False(batch.IsFree);
        Assert.False(batch.IsAt(0, 0, 3));
        gate.Set();
        Assert.True(watched.WaitForReads(1, Patience));
        Assert.True(SpinWait.SpinUntil(() => batch.IsFree, Patience));
    }

    [Fact]
    public void What_goes_wrong_while_reading_ahead_is_met_by_whoever_wants_the_batch()
    {
        var watched = new WatchedSamples(_samples) { FailsAfter = 1 };
        var reader = new BatchReader(watched, Seed, BatchMax, transform: null, batchesAhead: 1);
        reader.Read(reader.Rows(0, 0, 4, end: 8));

        var error = Assert.Throws<InvalidDataException>(() => reader.Read(reader.Rows(0, 4, 4, end: 8)));

        Assert.Equal("Disk gone.", error.Message);
    }

    // What a worker reads: leases of two epochs cut into batches, now and then a batch in halves, now and then rows of an earlier step.
    private static float[] Walk(BatchReader reader)
    {
        var seen = new List<float>();
        var random = new SeededRandom(3);
        int[] kept = [];
        int keptEpoch = 0;
        for (int epoch = 0; epoch < 2; epoch++)
        {
            for (int lease = 0; lease < 150; lease += 30)
            {
                int length = 1 + random.NextInt(BatchMax);
                for (int start = lease; start < lease + 30; start += length)
                {
                    if (kept.Length > 0)
                    {
                        Note(reader.Read(new EpochRows(keptEpoch, kept)));
                        kept = [];
                    }

                    EpochRows rows = reader.Rows(epoch, start, Math.Min(length, lease + 30 - start), lease + 30);
                    if (random.NextInt(4) == 0 && rows.Length > 1)
                    {
                        int half = rows.Length / 2;
                        Note(reader.Read(rows[..half]));
                        Note(reader.Read(rows[half..]));
                    }
                    else
                    {
                        Note(reader.Read(rows));
                    }

                    if (random.NextInt(3) == 0)
                    {
                        kept = rows.Rows.ToArray();
                        keptEpoch = epoch;
                    }
                }
            }
        }

        return [.. seen];

        void Note(SampleBatch batch)
        {
            seen.AddRange(batch.Dense);
            seen.AddRange(batch.Labels);
        }
    }

    private sealed class LateTransform(ISampleTransform transform) : ISampleTransform
    {
        public void Apply(SampleBatch batch, ReadOnlySpan<int> rows, int epoch) => transform.Apply(batch, rows, epoch + 1);
    }

    /// <summary>Counts reads, holds them back, or fails.</summary>
    private sealed class WatchedSamples(ISampleSource samples) : ISampleSource
    {
        private readonly object _gate = new();
        private readonly List<int> _lengths = [];
        private int _begun;
        private int _done;

        public ManualResetEventSlim? Gate { get; init; }

        public int FailsAfter { get; init; } = int.MaxValue;

        public int Count => samples.Count;

        public int FeatureCount => samples.FeatureCount;

        public int ClassCount => samples.ClassCount;

        public bool IsSparse => samples.IsSparse;

        public int Reads => Lengths.Length;

        public int[] Lengths
        {
            get
            {
                lock (_gate)
                {
                    return [.. _lengths];
                }
            }
        }

        public void Read(ReadOnlySpan<int> rows, SampleBatch batch)
        {
            lock (_gate)
            {
                _begun++;
                Monitor.PulseAll(_gate);
            }

            Gate?.Wait();
            lock (_gate)
            {
                _lengths.Add(rows.Length);
                if (_lengths.Count > FailsAfter)
                {
                    throw new InvalidDataException("Disk gone.");
                }
            }

            samples.Read(rows, batch);
            lock (_gate)
            {
                _done++;
                Monitor.PulseAll(_gate);
            }
        }

        public bool WaitForBegin(TimeSpan patience) => WaitFor(() => _begun >= 1, patience);

        public bool WaitForReads(int count, TimeSpan patience) => WaitFor(() => _done >= count, patience);

        private bool WaitFor(Func<bool> isSo, TimeSpan patience)
        {
            lock (_gate)
            {
                while (!isSo())
                {
                    if (!Monitor.Wait(_gate, patience))
                    {
                        return false;
                    }
                }

                return true;
            }
        }
    }
}
