namespace OrleansSgd.Core.Scheduling;

/// <summary>Finds workers that are slow against the others, by the time of their steps.</summary>
/// <remarks>
/// <para>A worker's pace is the shortest of its last <see cref="StepsRemembered"/> steps: one step that met a garbage collection or a busy
/// moment makes nobody slow. It is compared with the lower median of all paces, so a minority of slow workers does not move the measure.</para>
/// <para>No clock: the host says how long a step took. Equal times give equal answers.</para>
/// </remarks>
public sealed class StragglerWatch
{
    /// <summary>A worker that takes this many times as long as the median is slow.</summary>
    public const double SlowAt = 3;

    /// <summary>It is slow until it takes less than this many times as long.</summary>
    public const double SlowUntil = 2;

    /// <summary>Steps of a worker before anything is said of it.</summary>
    public const int StepsRemembered = 3;

    // The median is taken anew after this part of a turn of all workers, so that its cost a step stays logarithmic.
    private const int MediansPerTurn = 8;

    private readonly double[] _seconds;
    private readonly int[] _steps;
    private readonly double[] _paces; // where the median is looked for
    private readonly SortedSet<int> _slow = [];
    private double _median = double.NaN;
    private int _stepsUntilMedian;

    /// <param name="workers">How many there are.</param>
    public StragglerWatch(int workers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        _seconds = new double[workers * StepsRemembered];
        _steps = new int[workers];
        _paces = new double[workers];
    }

    /// <summary>The slow workers, ascending.</summary>
    public IReadOnlyCollection<int> Slow => _slow;

    /// <summary>Whether a worker is slow.</summary>
    public bool IsSlow(int worker) => _slow.Contains(worker);

    /// <summary>A worker's time a step over the median; NaN while it is not known.</summary>
    public double RatioOf(int worker) => PaceOf(worker) / _median;

    /// <summary>A step took so long; a time that is not above 0 and finite says nothing.</summary>
    /// <returns>True when the worker was found slow just now.</returns>
    public bool StepTaken(int worker, double seconds)
    {
        if (!(seconds > 0 && double.IsFinite(seconds)))
        {
            return false;
        }

        _seconds[(worker * StepsRemembered) + (_steps[worker] % StepsRemembered)] = seconds;

        // Counted on beyond the first few only to know whose turn it is.
        _steps[worker] = _steps[worker] == 2 * StepsRemembered ? StepsRemembered + 1 : _steps[worker] + 1;
        if (--_stepsUntilMedian <= 0)
        {
            _median = Median();
            _stepsUntilMedian = Math.Max(1, _steps.Length / MediansPerTurn);
        }

        double ratio = RatioOf(worker);
        if (ratio < SlowUntil)
        {
            _slow.Remove(worker);
        }

        return ratio >= SlowAt && _slow.Add(worker);
    }

    /// <summary>The worker begins another life, perhaps elsewhere: nothing is known of it.</summary>
    public void Forget(int worker)
    {
        _steps[worker] = 0;
        _slow.Remove(worker);
    }

    /// <summary>How many batches to lease to a worker: as many as the others compute in the time of a whole lease.</summary>
    /// <param name="worker">Who asks.</param>
    /// <param name="planned">Batches of a whole lease, 1 or more.</param>
    /// <returns>1 to <paramref name="planned"/>; all that is planned for a worker that is not slow.</returns>
    public int BatchesFor(int worker, int planned)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(planned, 1);
        return IsSlow(worker) ? Math.Clamp((int)(planned / RatioOf(worker)), 1, planned) : planned;
    }

    private double PaceOf(int worker)
    {
        double pace = _steps[worker] < StepsRemembered ? double.NaN : double.PositiveInfinity;
        foreach (double seconds in _seconds.AsSpan(worker * StepsRemembered, StepsRemembered))
        {
            pace = Math.Min(pace, seconds);
        }

        return pace;
    }

    // Of one worker alone there is nothing to compare.
    private double Median()
    {
        int known = 0;
        for (int worker = 0; worker < _steps.Length; worker++)
        {
            double pace = PaceOf(worker);
            _paces[known] = pace;
            known += double.IsFinite(pace) ? 1 : 0;
        }

        Span<double> paces = _paces.AsSpan(0, known);
        paces.Sort();
        return known < 2 ? double.NaN : paces[(known - 1) / 2];
    }
}
