using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Samples;

namespace OrleansSgd.Grains.Workers;

/// <summary>One batch that is read ahead.</summary>
/// <remarks>
/// The owner moves it from free to asked and from read to free; whoever moves it from asked to reading, a pool thread or the owner
/// who cannot wait, reads it. A work item that comes too late finds nothing asked, or the next question, which is as good.
/// </remarks>
internal sealed class PrefetchedBatch(ISampleSource samples, ISampleTransform? transform, int batchMax) : IThreadPoolWorkItem
{
    private const int Free = 0;
    private const int Asked = 1;
    private const int Reading = 2;
    private const int Ready = 3;
    private const int Failed = 4;

    private readonly int[] _rows = new int[batchMax];
    private int _state = Free;
    private bool _isUnwanted;
    private int _epoch;
    private int _start;
    private int _length;

    /// <summary>The samples; the owner's after <see cref="Finish"/> until <see cref="Drop"/>.</summary>
    public SampleBatch Batch { get; } = new();

    /// <summary>Whether it may be asked for another batch.</summary>
    public bool IsFree
    {
        get
        {
            // A batch that was dropped while somebody read it is free as soon as that is over.
            if (_isUnwanted && Volatile.Read(ref _state) != Reading)
            {
                Volatile.Write(ref _state, Free);
                _isUnwanted = false;
            }

            return Volatile.Read(ref _state) == Free;
        }
    }

    /// <summary>Whether it is, or will be, the batch of these positions.</summary>
    public bool IsAt(int epoch, int start, int length) =>
        !_isUnwanted && Volatile.Read(ref _state) != Free && _epoch == epoch && _start == start && _length == length;

    /// <summary>Whether it is, or will be, a batch that begins between two positions.</summary>
    public bool IsWithin(int epoch, int start, int end) =>
        !_isUnwanted && Volatile.Read(ref _state) != Free && _epoch == epoch && _start >= start && _start < end;

    /// <summary>Whether it is, or will be, the batch of these rows.</summary>
    public bool Holds(EpochRows rows) =>
        !_isUnwanted && Volatile.Read(ref _state) != Free && _epoch == rows.Epoch && rows.Rows.SequenceEqual(_rows.AsSpan(0, _length));

    /// <summary>Has a free one read.</summary>
    public void Ask(SeededPermutation order, int epoch, int start, int length)
    {
        order.Fill(start, _rows.AsSpan(0, length));
        _epoch = epoch;
        _start = start;
        _length = length;
        Volatile.Write(ref _state, Asked);
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Reads the batch, or waits until it is read; false when that failed: whoever reads it again meets the reason.</summary>
    public bool Finish()
    {
        Execute();
        var wait = new SpinWait();
        while (Volatile.Read(ref _state) == Reading)
        {
            wait.SpinOnce(sleep1Threshold: -1);
        }

        return Volatile.Read(ref _state) == Ready;
    }

    /// <summary>The batch is not wanted any more.</summary>
    public void Drop()
    {
        if (Interlocked.CompareExchange(ref _state, Free, Asked) != Asked)
        {
            _isUnwanted = true;
            _ = IsFree;
        }
    }

    /// <inheritdoc/>
    public void Execute()
    {
        if (Interlocked.CompareExchange(ref _state, Reading, Asked) != Asked)
        {
            return;
        }

        int outcome = Failed;
        try
        {
            ReadOnlySpan<int> rows = _rows.AsSpan(0, _length);
            samples.Read(rows, Batch);
            transform?.Apply(Batch, rows, _epoch);
            outcome = Ready;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // Thrown here it would end the process; whoever wants the batch reads it again and meets it there.
        }
        finally
        {
            Volatile.Write(ref _state, outcome);
        }
    }
}
