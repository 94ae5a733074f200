namespace OrleansSgd.Grains.Jobs;

/// <summary>Measures how long the run was not whole after a loss.</summary>
internal sealed class RecoveryClock(TimeProvider time)
{
    private bool _wasWhole;
    private long _brokenAt;

    /// <summary>Longest time from a loss until every member was up again; NaN when there was none.</summary>
    public double SecondsMax { get; set; } = double.NaN;

    /// <summary>Takes note of whether every member is up.</summary>
    public void Observe(bool isWhole)
    {
        if (_wasWhole && !isWhole && _brokenAt == 0)
        {
            _brokenAt = time.GetTimestamp();
        }
        else if (isWhole && _brokenAt != 0)
        {
            double seconds = time.GetElapsedTime(_brokenAt).TotalSeconds;
            SecondsMax = double.IsNaN(SecondsMax) ? seconds : Math.Max(SecondsMax, seconds);
            _brokenAt = 0;
        }

        _wasWhole |= isWhole;
    }
}
