namespace OrleansSgd.Dashboard.Feeds;

/// <summary>All feeds of one dashboard: the grid's, and those of the jobs that run or are looked at.</summary>
/// <remarks>Any thread may call.</remarks>
internal sealed class FeedSet : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly DashboardOptions _options;
    private readonly Dictionary<string, JobFeed> _jobs = [];
    private int _watchers;
    private bool _isEnded;

    public FeedSet(DashboardOptions options)
    {
        _options = options;
        Grid = new GridFeed(options, Job);
        Grid.Start();
    }

    /// <summary>The grid's.</summary>
    public GridFeed Grid { get; }

    /// <summary>Open event streams.</summary>
    public int Watchers => Volatile.Read(ref _watchers);

    /// <summary>The feed of a job that the grid knows; begins to poll when it is new.</summary>
    public JobFeed Job(string job)
    {
        JobFeed? gone = null;
        JobFeed feed;
        lock (_gate)
        {
            if (_jobs.TryGetValue(job, out JobFeed? known))
            {
                return known;
            }

            if (_jobs.Count >= _options.JobsMax && _jobs.Values.Where(one => one.Watchers == 0).MinBy(one => one.TouchedAt) is { } oldest)
            {
                gone = oldest;
                _jobs.Remove(oldest.Job);
            }

            feed = new JobFeed(_options, job);
            _jobs.Add(job, feed);
            if (!_isEnded)
            {
                feed.Start();
            }
        }

        _ = gone?.DisposeAsync().AsTask();
        return feed;
    }

    /// <summary>Makes room for one event stream more; false when there are as many as may be.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _watchers) <= _options.WatchersMax)
        {
            return true;
        }

        Interlocked.Decrement(ref _watchers);
        return false;
    }

    /// <summary>An event stream has ended.</summary>
    public void Leave() => Interlocked.Decrement(ref _watchers);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        JobFeed[] jobs;
        lock (_gate)
        {
            _isEnded = true;
            jobs = [.. _jobs.Values];
        }

        await Grid.DisposeAsync();
        foreach (JobFeed job in jobs)
        {
            await job.DisposeAsync();
        }
    }
}
