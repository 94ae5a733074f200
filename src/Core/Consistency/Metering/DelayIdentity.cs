namespace OrleansSgd.Core.Consistency.Metering;

/// <summary>Checks reported delays against a sum that nobody can report wrongly.</summary>
/// <remarks>
/// A job begins when its view is read and ends with its update; C is the set of jobs open when an update happens. That
/// update makes every other open job one older. So over any stretch that begins with no job open,
/// Σ delays of the updates + ages of the jobs still open or given up = Σ over updates of (|C| − 1). Leaving the open jobs
/// out makes mean delays look small, because the slow ones are open for longest. Not thread-safe.
/// </remarks>
public sealed class DelayIdentity
{
    private readonly Dictionary<int, long> _begunAt = [];
    private long _abandonedAges;

    /// <summary>Updates so far.</summary>
    public long UpdateCount { get; private set; }

    /// <summary>Jobs open now.</summary>
    public int OpenCount => _begunAt.Count;

    /// <summary>Σ of the delays that were reported.</summary>
    public long ReportedSum { get; private set; }

    /// <summary>Σ over updates of (|C| − 1).</summary>
    public long ConcurrencySum { get; private set; }

    /// <summary>Σ of the ages of the jobs open now, and of those given up at the time they were.</summary>
    public long OpenAgeSum
    {
        get
        {
            long sum = _abandonedAges;
            foreach (long begun in _begunAt.Values)
            {
                sum += UpdateCount - begun;
            }

            return sum;
        }
    }

    /// <summary>Reported minus true: 0 when every delay was right, negative when delays were reported too small.</summary>
    public long Discrepancy => ReportedSum + OpenAgeSum - ConcurrencySum;

    /// <summary>A worker read the view of its next job.</summary>
    /// <exception cref="InvalidOperationException">It has a job open.</exception>
    public void Begin(int worker)
    {
        if (!_begunAt.TryAdd(worker, UpdateCount))
        {
            throw new InvalidOperationException($"Worker {worker} has a job open since update {_begunAt[worker]}; end or abandon it first.");
        }
    }

    /// <summary>A worker's update happened.</summary>
    /// <param name="delay">Updates between its view and itself, as reported.</param>
    /// <exception cref="InvalidOperationException">It has no job open.</exception>
    public void Update(int worker, long delay)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(delay);
        ConcurrencySum += _begunAt.Count - 1;
        ReportedSum += delay;
        Close(worker);
        UpdateCount++;
    }

    /// <summary>A worker gave its job up, or died.</summary>
    /// <exception cref="InvalidOperationException">It has no job open.</exception>
    public void Abandon(int worker) => _abandonedAges += UpdateCount - Close(worker);

    private long Close(int worker) => _begunAt.Remove(worker, out long begun)
        ? begun
        : throw new InvalidOperationException($"Worker {worker} has no job open.");
}
