namespace OrleansSgd.Dashboard.Feeds;

/// <summary>The newest frames of one feed, shared by all its watchers.</summary>
/// <remarks>
/// Watchers have a place in it, not a queue of their own: a thousand of them cost no more memory than one, and who falls behind by more than
/// <see cref="Capacity"/> frames is told so, and goes on from the newest state. One thread appends; any thread reads.
/// </remarks>
internal sealed class FrameRing
{
    /// <summary>Frames that are kept: half a minute at two a second, so that a page that was away for that long misses none.</summary>
    public const int Capacity = 64;

    private readonly Lock _gate = new();
    private readonly byte[][] _frames = new byte[Capacity][];
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _end;

    /// <summary>Number of the frame that comes next.</summary>
    public long End
    {
        get
        {
            lock (_gate)
            {
                return _end;
            }
        }
    }

    /// <summary>Adds a frame; who waits for one goes on.</summary>
    public void Append(byte[] frame)
    {
        TaskCompletionSource more;
        lock (_gate)
        {
            _frames[_end++ % Capacity] = frame;
            more = _more;
            _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        more.SetResult();
    }

    /// <summary>Takes what came since a place.</summary>
    /// <param name="next">Number of the first frame that is wanted.</param>
    /// <param name="frames">Is emptied, then filled; empty when nothing came.</param>
    /// <returns>False when some of them are not kept any more, or the place lies ahead: the reader must begin with the state.</returns>
    public bool TryRead(long next, List<byte[]> frames)
    {
        frames.Clear();
        lock (_gate)
        {
            if (next > _end || next < _end - Capacity || next < 0)
            {
                return false;
            }

            for (; next < _end; next++)
            {
                frames.Add(_frames[next % Capacity]);
            }

            return true;
        }
    }

    /// <summary>Completes once a frame of that number is there.</summary>
    public Task Await(long next)
    {
        lock (_gate)
        {
            return _end > next ? Task.CompletedTask : _more.Task;
        }
    }
}
