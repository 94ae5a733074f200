using System.Runtime.InteropServices;
using OrleansSgd.Core.Consistency;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Samples;
using OrleansSgd.Core.Vectors;
using OrleansSgd.Grains.Compute;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Grains.Jobs;

/// <summary>Reads the model from its shards and measures it on the test set, on the silo's compute threads.</summary>
internal sealed class RunEvaluator(IModel model, ISampleSource? test, ShardMap map, ComputePool pool, TrainingStatistics statistics) : IDisposable
{
    private const int Chunk = 512;

    private readonly Spare<Scratch> _scratch = new(() => new Scratch(model));

    // The last ones measured: a run that ends exports those of its last evaluation.
    private (float[] Parameters, Task<float[]> Statistics)? _measured;

    /// <summary>Reads every shard's slice.</summary>
    /// <param name="shards">The shards.</param>
    /// <param name="versionMin">The version every slice must have.</param>
    /// <param name="settledMin">Every ticket below this must be settled in every slice.</param>
    /// <exception cref="TimeoutException">A shard has no parameters at the moment, or has not got that far yet.</exception>
    public async Task<ModelSnapshot> ReadAsync(IReadOnlyList<IShardGrain> shards, long versionMin, long settledMin)
    {
        var snapshot = new ModelSnapshot(map);
        for (int shard = 0; shard < map.Count; shard++)
        {
            ShardAnswer answer = await shards[shard].Pull(new PullRequest(-1, 0, 0, -1, 0, versionMin, settledMin));
            if (!answer.IsReady)
            {
                throw new TimeoutException($"Shard {shard} has no parameters at the moment.");
            }

            snapshot.Take(answer.Frame.Span);
            if (snapshot.Version(shard) < versionMin || snapshot.Settled(shard).Watermark < settledMin)
            {
                throw new TimeoutException(
                    $"Shard {shard} is at version {snapshot.Version(shard)} and ticket {snapshot.Settled(shard).Watermark}, not yet at " +
                    $"{versionMin} and {settledMin}.");
            }
        }

        return snapshot;
    }

    /// <summary>The statistics the model is evaluated with at x; empty for a model that needs none.</summary>
    /// <param name="parameters">x, [d]; not changed afterwards.</param>
    public Task<float[]> StatisticsAsync(float[] parameters)
    {
        if (_measured is not { } measured || measured.Parameters != parameters || measured.Statistics.IsFaulted)
        {
            measured = (parameters, statistics.MeasureAsync(parameters));
            _measured = measured;
        }

        return measured.Statistics;
    }

    /// <summary>Mean loss and accuracy over the test set; NaN where there is none.</summary>
    public async Task<(double Loss, double Accuracy)> EvaluateAsync(float[] parameters)
    {
        if (test is null)
        {
            return (double.NaN, double.NaN);
        }

        float[] measured = await StatisticsAsync(parameters);
        double loss = 0;
        int correct = 0;
        int start = 0;
        Scratch? scratch = null;
        try
        {
            await pool.RunInTurns(() =>
            {
                if (scratch is null)
                {
                    scratch = _scratch.Take();
                    (scratch.Session as IStatisticsSession)?.LoadStatistics(measured);
                }

                Span<int> rows = scratch.Rows.AsSpan(0, Math.Min(Chunk, test.Count - start));
                for (int i = 0; i < rows.Length; i++)
                {
                    rows[i] = start + i;
                }

                test.Read(rows, scratch.Batch);
                BatchLoss part = scratch.Session.Evaluate(parameters, scratch.Batch);
                loss += part.LossSum;
                correct += part.Correct;
                start += rows.Length;
                return start < test.Count;
            });
        }
        catch
        {
            scratch?.Dispose();
            throw;
        }

        _scratch.Return(scratch!);
        return (loss / test.Count, model.IsClassifier ? (double)correct / test.Count : double.NaN);
    }

    /// <inheritdoc/>
    public void Dispose() => _scratch.Dispose();

    // Used again: where epochs last milliseconds, megabytes each time are a share of the run, and of the collector.
    private sealed class Scratch(IModel model) : IDisposable
    {
        public IGradientSession Session { get; } = model.CreateSession(Chunk);

        public SampleBatch Batch { get; } = new() { TakesBytes = model.TakesBytes };

        public int[] Rows { get; } = new int[Chunk];

        public void Dispose() => Session.Dispose();
    }
}

/// <summary>The whole parameter vector, with what each slice contains.</summary>
internal sealed class ModelSnapshot(ShardMap map)
{
    private readonly TicketSet[] _settled = new TicketSet[map.Count];
    private readonly long[] _versions = new long[map.Count];
    private readonly int[] _incarnations = new int[map.Count];

    /// <summary>[d].</summary>
    public float[] Parameters { get; } = new float[map.Dimension];

    /// <summary>Updates in the slice of a shard.</summary>
    public long Version(int shard) => _versions[shard];

    /// <summary>The life of the shard that the slice came from.</summary>
    public int Incarnation(int shard) => _incarnations[shard];

    /// <summary>Tickets in the slice of a shard.</summary>
    public TicketSet Settled(int shard) => _settled[shard];

    /// <summary>The life of each shard that its slice came from.</summary>
    public ReadOnlySpan<int> Incarnations => _incarnations;

    /// <summary>True when every slice contains every ticket below this one and none from it on.</summary>
    public bool IsAt(long ticket)
    {
        foreach (TicketSet settled in _settled)
        {
            if (settled.Watermark != ticket || settled.ExceptionCount > 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The slice of a shard.</summary>
    public Span<float> Slice(int shard) => Parameters.AsSpan(map[shard].Start, map[shard].Length);

    /// <summary>Takes over one slice of a checkpoint.</summary>
    public void Take(int shard, ReadOnlySpan<float> slice, long version, int incarnation, TicketSet settled)
    {
        slice.CopyTo(Slice(shard));
        _versions[shard] = version;
        _incarnations[shard] = incarnation;
        _settled[shard] = settled;
    }

    /// <summary>Takes over one whole view.</summary>
    public void Take(ReadOnlySpan<byte> frame)
    {
        ViewHeader header = ViewFrame.ReadHeader(frame);
        ReadOnlySpan<byte> payload = ViewFrame.Payload(frame, header);
        FramePayload.Validate(header.Kind, payload, header.EntryCount, header.Length);
        FramePayload.CopyTo(Slice(header.Shard), header.Kind, payload, header.EntryCount);
        _versions[header.Shard] = header.Version;
        _incarnations[header.Shard] = header.ShardIncarnation;
        _settled[header.Shard] = new TicketSet();
        _settled[header.Shard].Load(
            header.TicketWatermark, MemoryMarshal.Cast<byte, long>(ViewFrame.Exceptions(frame, header)));
    }
}
