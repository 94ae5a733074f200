namespace OrleansSgd.Core.Consistency.Ledger;

/// <summary>Everything the ledger wants to know about one gradient: scalars, one row per shard, optional sketches.</summary>
/// <remarks>
/// <para>A worker fills the record of step t while it pushes, and sends it along with the ticket request of step t + 1
/// (<see cref="LedgerFrame"/>). It never carries parameters or gradients.</para>
/// <para>Scalars that were not measured are NaN, so that "not measured" never reads as 0.</para>
/// <para>Reusable: <see cref="Begin"/> clears it and keeps its buffers. Not thread-safe.</para>
/// </remarks>
public sealed class TicketRecord
{
    /// <summary>Most shards of one record; the most a job may have.</summary>
    public const int ShardsMax = 10_000;

    /// <summary>Most counters of one sketch: at 4096 its error is 2 %, and more would cost more than the audit they replace.</summary>
    public const int SketchWidthMax = 4096;

    private SliceRecord[] _slices = [];
    private bool[] _viewed = [];
    private long[] _exceptions = [];
    private float[] _sketches = [];

    /// <summary>The gradient's place in the global order.</summary>
    public long Ticket { get; set; }

    /// <summary>First ticket of its round: x is taken just before it. Equal to <see cref="Ticket"/> when every gradient is a step.</summary>
    public long RoundTicket { get; set; }

    /// <summary>p: gradients that make up one step, 1 in asynchronous modes.</summary>
    public int SlotCount { get; set; } = 1;

    /// <summary>Index of the worker.</summary>
    public int Worker { get; set; }

    /// <summary>The life of that worker.</summary>
    public int Incarnation { get; set; }

    /// <summary>What each gradient was multiplied by: α, or α / p when p make a step; α / (1 − μ) under momentum. Finite, 0 or more.</summary>
    /// <remarks>0 for an update that only sends what was held back: it is no step.</remarks>
    public double Rate { get; set; }

    /// <summary>Samples in the batch.</summary>
    public int SampleCount { get; set; }

    /// <summary>Sum of the losses of the batch at the view.</summary>
    public double LossSum { get; set; } = double.NaN;

    /// <summary>What the worker holds back after this update, squared, in squared parameter units: residual ε and μ / (1 − μ)·velocity together.</summary>
    /// <remarks>0 without error feedback and momentum. The trace calls it heldSquared.</remarks>
    public double ResidualNormSquared { get; set; }

    /// <summary>True when a new life of the worker took over the residual of the one before it; otherwise that one is lost.</summary>
    public bool ResidualCarried { get; set; }

    /// <summary>‖u − Q(u)‖² / ‖u‖² of this message; NaN when not measured.</summary>
    public double Gamma { get; set; } = double.NaN;

    /// <summary>‖α(G − G_sent)‖² that was dropped for good (no error feedback, or clipped off), in squared parameter units.</summary>
    public double DroppedNormSquared { get; set; }

    /// <summary>‖g_a − g_b‖² of the two halves of the batch at the same view, in squared gradient units; NaN when not measured.</summary>
    public double HalfBatchDifferenceSquared { get; set; } = double.NaN;

    /// <summary>‖G‖² of the batch gradient; NaN when not measured.</summary>
    public double GradientNormSquared { get; set; } = double.NaN;

    /// <summary>H: gradients in this update, each at <see cref="Rate"/>; 1 without local steps.</summary>
    public int StepCount { get; set; } = 1;

    /// <summary>Largest distance between the worker's own point and its view during local steps of a round, in parameter units.</summary>
    /// <remarks>0 in single steps: there x moves along with the worker, and x − v does not change (docs/theory.md).</remarks>
    public double LocalDistance { get; set; }

    /// <summary>True when only the last layers were computed (a deadline passed): the update counts, but is no step of its own.</summary>
    public bool IsPartial { get; set; }

    /// <summary>‖∇f_B(x) − ∇f_B(v)‖ of one batch at two points; NaN when not measured.</summary>
    public double SecantGradient { get; set; } = double.NaN;

    /// <summary>‖x − v‖ of those points; NaN when not measured.</summary>
    public double SecantDistance { get; set; } = double.NaN;

    /// <summary>How long the gradient took, for the test that lateness does not depend on the samples; NaN when not measured.</summary>
    public double GradientSeconds { get; set; } = double.NaN;

    /// <summary>Which family of hash functions the sketches belong to; sketches of different seeds must not be added.</summary>
    public ulong SketchSeed { get; set; }

    /// <summary>Counters of each sketch; 0 without sketches.</summary>
    public int SketchWidth { get; private set; }

    /// <summary>True when the residual was sketched too.</summary>
    public bool HasResidualSketches { get; private set; }

    /// <summary>Shards.</summary>
    public int ShardCount { get; private set; }

    /// <summary>α of the step the gradient belongs to.</summary>
    public double StepRate => Rate * SlotCount;

    /// <summary>One row per shard.</summary>
    public Span<SliceRecord> Slices => _slices.AsSpan(0, ShardCount);

    internal int ExceptionCount { get; private set; }

    internal Span<float> AllSketches => _sketches.AsSpan(0, ShardCount * SketchWidth * (HasResidualSketches ? 2 : 1));

    /// <summary>Clears the record, for a gradient that touches <paramref name="shardCount"/> shards.</summary>
    /// <param name="shardCount">1 .. <see cref="ShardsMax"/>.</param>
    /// <param name="sketchWidth">Counters per sketch, 0 .. <see cref="SketchWidthMax"/>; 0 for none.</param>
    /// <param name="residualSketches">Whether the residual is sketched too.</param>
    public void Begin(int shardCount, int sketchWidth = 0, bool residualSketches = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shardCount, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(shardCount, ShardsMax);
        ArgumentOutOfRangeException.ThrowIfNegative(sketchWidth);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sketchWidth, SketchWidthMax);
        ShardCount = shardCount;
        SketchWidth = sketchWidth;
        HasResidualSketches = residualSketches && sketchWidth > 0;
        ExceptionCount = 0;
        SlotCount = 1;
        Ticket = RoundTicket = 0;
        Worker = Incarnation = SampleCount = 0;
        Rate = ResidualNormSquared = DroppedNormSquared = 0;
        LossSum = Gamma = HalfBatchDifferenceSquared = GradientNormSquared = double.NaN;
        ResidualCarried = IsPartial = false;
        StepCount = 1;
        LocalDistance = 0;
        SecantGradient = SecantDistance = GradientSeconds = double.NaN;
        SketchSeed = 0;
        EnsureLength(ref _slices, shardCount);
        EnsureLength(ref _viewed, shardCount);
        Slices.Fill(new SliceRecord { Projection = double.NaN });
        _viewed.AsSpan(0, shardCount).Clear();
        EnsureLength(ref _sketches, shardCount * sketchWidth * (HasResidualSketches ? 2 : 1));
        AllSketches.Clear();
    }

    /// <summary>Writes down which tickets the view of one shard contained; once per shard.</summary>
    /// <param name="incarnation">The life of the shard that answered the pull.</param>
    /// <param name="watermark">Every ticket below it is in the view.</param>
    /// <param name="exceptions">Tickets in the view above the watermark, ascending.</param>
    /// <exception cref="ArgumentException">Not ascending, or not above the watermark. Nothing was changed.</exception>
    /// <exception cref="InvalidOperationException">The shard's view is already there.</exception>
    public void SetView(int shard, int incarnation, long watermark, ReadOnlySpan<long> exceptions)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(watermark);
        ArgumentOutOfRangeException.ThrowIfNegative(incarnation);
        if (MistakeIn(watermark, exceptions) is { } mistake)
        {
            throw new ArgumentException($"View of shard {shard}: {mistake}.", nameof(exceptions));
        }

        ref SliceRecord slice = ref Slices[shard];
        if (_viewed[shard])
        {
            throw new InvalidOperationException($"The view of shard {shard} was already written down; Begin starts a new record.");
        }

        _viewed[shard] = true;
        slice.ViewIncarnation = incarnation;
        slice.ViewWatermark = watermark;
        slice.ExceptionStart = ExceptionCount;
        slice.ExceptionCount = exceptions.Length;
        int end = ExceptionCount + exceptions.Length;
        if (_exceptions.Length < end)
        {
            Array.Resize(ref _exceptions, Math.Max(end, 2 * _exceptions.Length));
        }

        exceptions.CopyTo(_exceptions.AsSpan(ExceptionCount));
        ExceptionCount = end;
    }

    /// <summary>The tickets above the watermark in the view of one shard, ascending.</summary>
    public ReadOnlySpan<long> Exceptions(int shard)
    {
        ref readonly SliceRecord slice = ref Slices[shard];
        return _exceptions.AsSpan(slice.ExceptionStart, slice.ExceptionCount);
    }

    /// <summary>Sketch of the decoded update slice, [<see cref="SketchWidth"/>]; empty without sketches.</summary>
    public Span<float> Sketch(int shard)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)shard, (uint)ShardCount, nameof(shard));
        return _sketches.AsSpan(shard * SketchWidth, SketchWidth);
    }

    /// <summary>Sketch of the residual's part in the shard, [<see cref="SketchWidth"/>]; empty when it was not sketched.</summary>
    public Span<float> ResidualSketch(int shard)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)shard, (uint)ShardCount, nameof(shard));
        return HasResidualSketches ? _sketches.AsSpan((ShardCount + shard) * SketchWidth, SketchWidth) : [];
    }

    /// <summary>Becomes a copy of <paramref name="other"/>; allocates only when it must grow.</summary>
    public void CopyFrom(TicketRecord other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (ReferenceEquals(this, other))
        {
            return;
        }

        Begin(other.ShardCount, other.SketchWidth, other.HasResidualSketches);
        Ticket = other.Ticket;
        RoundTicket = other.RoundTicket;
        SlotCount = other.SlotCount;
        Worker = other.Worker;
        Incarnation = other.Incarnation;
        Rate = other.Rate;
        SampleCount = other.SampleCount;
        LossSum = other.LossSum;
        ResidualNormSquared = other.ResidualNormSquared;
        ResidualCarried = other.ResidualCarried;
        Gamma = other.Gamma;
        DroppedNormSquared = other.DroppedNormSquared;
        HalfBatchDifferenceSquared = other.HalfBatchDifferenceSquared;
        GradientNormSquared = other.GradientNormSquared;
        StepCount = other.StepCount;
        LocalDistance = other.LocalDistance;
        IsPartial = other.IsPartial;
        SecantGradient = other.SecantGradient;
        SecantDistance = other.SecantDistance;
        GradientSeconds = other.GradientSeconds;
        SketchSeed = other.SketchSeed;
        ExceptionCount = other.ExceptionCount;
        EnsureLength(ref _exceptions, ExceptionCount);
        other.Slices.CopyTo(_slices);
        other._viewed.AsSpan(0, ShardCount).CopyTo(_viewed);
        other._exceptions.AsSpan(0, ExceptionCount).CopyTo(_exceptions);
        other.AllSketches.CopyTo(_sketches);
    }

    /// <summary>The first thing wrong with the record, naming field, value and limit; null when it is whole.</summary>
    public string? Mistake() => TicketRecordCheck.Mistake(this);

    /// <summary>Lowest watermark over the shards of the view.</summary>
    internal long ViewWatermarkMin()
    {
        long min = long.MaxValue;
        foreach (ref readonly SliceRecord slice in Slices)
        {
            min = Math.Min(min, slice.ViewWatermark);
        }

        return min;
    }

    /// <summary>One past the highest ticket in the view.</summary>
    internal long ViewEnd()
    {
        long end = 0;
        foreach (ref readonly SliceRecord slice in Slices)
        {
            end = Math.Max(end, slice.ViewWatermark);
            if (slice.ExceptionCount > 0)
            {
                end = Math.Max(end, _exceptions[slice.ExceptionStart + slice.ExceptionCount - 1] + 1);
            }
        }

        return end;
    }

    internal static string? MistakeIn(long watermark, ReadOnlySpan<long> exceptions)
    {
        long last = watermark;
        foreach (long ticket in exceptions)
        {
            if (ticket <= last)
            {
                return last == watermark
                    ? $"exception {ticket} does not lie above the watermark {watermark}"
                    : $"exception {ticket} follows {last}; they must ascend";
            }

            last = ticket;
        }

        return null;
    }

    private static void EnsureLength<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            array = new T[length];
        }
    }
}
