using System.Globalization;
using System.Text;

namespace OrleansSgd.Dashboard.Feeds;

/// <summary>Something that is asked again and again while somebody watches it, once for all who do.</summary>
/// <remarks>
/// <para>A feed has a state, and frames that lead from one state to the next. Who begins, or falls behind, gets the state; then frames.</para>
/// <para>One loop polls; any thread watches.</para>
/// </remarks>
internal abstract class Feed : IAsyncDisposable
{
    private static long _feeds;

    private readonly Lock _gate = new();
    private readonly DashboardOptions _options;
    private readonly CancellationTokenSource _end = new();
    private readonly FrameRing _ring = new();

    // Numbers of another life of the process must not look like ours to a page that comes back.
    private readonly string _life;
    private TaskCompletionSource _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private (long End, byte[] Frame)? _state;
    private Task _loop = Task.CompletedTask;
    private int _watchers;

    protected Feed(DashboardOptions options)
    {
        _options = options;
        _life = string.Create(CultureInfo.InvariantCulture, $"{options.Time.GetUtcNow().Ticks:x}.{Interlocked.Increment(ref _feeds)}");
    }

    /// <summary>Its frames.</summary>
    public FrameRing Ring => _ring;

    /// <summary>Who watches now.</summary>
    public int Watchers => Volatile.Read(ref _watchers);

    /// <summary>When somebody last began or ended to watch, as the clock's timestamp.</summary>
    public long TouchedAt { get; private set; }

    /// <summary>How often the grid was asked: the same for one watcher and for many.</summary>
    public long Polls { get; private set; }

    /// <summary>Makes calls to grains.</summary>
    protected IGrainFactory Grains => _options.Grains();

    /// <summary>How long after a poll the next one comes.</summary>
    protected virtual TimeSpan Period => Watchers > 0 ? _options.WatchedPeriod : _options.IdlePeriod;

    /// <summary>True once nothing will change any more: the polls end.</summary>
    protected virtual bool IsOver => false;

    /// <summary>Begins to poll.</summary>
    public void Start()
    {
        TouchedAt = _options.Time.GetTimestamp();
        _loop = Task.Run(LoopAsync);
    }

    /// <summary>Somebody watches from now on; what is shown becomes fresh at once.</summary>
    public void Enter()
    {
        Interlocked.Increment(ref _watchers);
        TouchedAt = _options.Time.GetTimestamp();
        Wake();
    }

    /// <summary>Somebody has stopped watching.</summary>
    public void Leave()
    {
        Interlocked.Decrement(ref _watchers);
        TouchedAt = _options.Time.GetTimestamp();
    }

    /// <summary>Polls now instead of later.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            _wake.TrySetResult();
        }
    }

    /// <summary>The state as one frame, and the number of the frame that leads on from it.</summary>
    public (byte[] Frame, long Next) State()
    {
        lock (_gate)
        {
            long end = _ring.End;
            if (_state is not { } state || state.End != end)
            {
                state = (end, FrameOf("state", end - 1, WriteState()));
                _state = state;
            }

            return (state.Frame, end);
        }
    }

    /// <summary>The number of the frame after the one that a page has seen last; −1 when it must begin with the state.</summary>
    /// <param name="seen">What the page says it has: the id of an event, or nothing.</param>
    public long Resume(string? seen)
    {
        int at = seen?.LastIndexOf('-') ?? -1;
        return at > 0 && seen!.AsSpan(0, at).SequenceEqual(_life)
            && long.TryParse(seen.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number + 1
            : -1;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        Wake();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    /// <summary>Asks the grid, changes the state, and says what has changed. Trouble that passes is part of the state.</summary>
    protected abstract Task PollAsync(CancellationToken cancellation);

    /// <summary>The state as JSON. Called under the lock.</summary>
    protected abstract byte[] WriteState();

    /// <summary>Changes the state and appends the frame that tells of it.</summary>
    /// <param name="kind">Name of the event.</param>
    /// <param name="change">Makes the change and returns it as JSON; null when there is nothing to tell.</param>
    protected void Change(string kind, Func<byte[]?> change)
    {
        lock (_gate)
        {
            if (change() is { } json)
            {
                _ring.Append(FrameOf(kind, _ring.End, json));
            }
        }
    }

    /// <summary>True for what happens while silos come and go.</summary>
    protected static bool IsPassing(Exception error) => error is TimeoutException or OrleansException or InvalidOperationException;

    private async Task LoopAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            TaskCompletionSource wake;
            lock (_gate)
            {
                _wake = wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            Polls++;
            await PollAsync(_end.Token);
            if (IsOver)
            {
                return;
            }

            await PauseAsync(wake.Task);
        }
    }

    private async Task PauseAsync(Task woken)
    {
        try
        {
            await woken.WaitAsync(Period, _options.Time, _end.Token);
        }
        catch (TimeoutException)
        {
            // It is time.
        }
        catch (OperationCanceledException)
        {
            // The loop ends.
        }
    }

    private byte[] FrameOf(string kind, long number, byte[] json)
    {
        // JSON has no line break in it, so one line of data is the whole of it.
        byte[] head = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {_life}-{number}\nevent: {kind}\ndata: "));
        byte[] frame = new byte[head.Length + json.Length + 2];
        head.CopyTo(frame, 0);
        json.CopyTo(frame, head.Length);
        frame[^2] = (byte)'\n';
        frame[^1] = (byte)'\n';
        return frame;
    }
}
