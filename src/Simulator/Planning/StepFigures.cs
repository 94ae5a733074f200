namespace OrleansSgd.Simulator.Planning;

/// <summary>What the played steps add up to, from the moment on when the beginning is over.</summary>
internal sealed class StepFigures
{
    private double _missingSum;
    private double _missingSquares;
    private long _missingCount;
    private double _bytesPushed;
    private double _bytesPulled;
    private double _bytesTold;
    private double _threadSeconds;
    private double _shardSeconds;
    private double _cardSeconds;
    private double _coordinatorSeconds;

    public bool IsCounting { get; set; }

    /// <summary>Virtual seconds that were counted.</summary>
    public double Seconds { get; set; }

    public double Threads { get; set; }

    public int ShardsPlayed { get; set; }

    public int Cards { get; set; }

    public long Events { get; set; }

    public long Comparisons { get; set; }

    /// <summary>Largest delay over the shards that are played, of each update.</summary>
    public DelayCounts Delays { get; } = new();

    public double UpdatesPerSecond => Delays.Count / Seconds;

    /// <summary>Mean, over tickets and shards, of the updates that a slice of the view lacks.</summary>
    public double MissingMean => _missingSum / _missingCount;

    /// <summary>Mean of their squares.</summary>
    public double MissingSquareMean => _missingSquares / _missingCount;

    public double BytesPushedPerSecond => _bytesPushed / Seconds;

    public double BytesPulledPerSecond => _bytesPulled / Seconds;

    public double BytesToldPerSecond => _bytesTold / Seconds;

    public double ThreadShare => _threadSeconds / (Seconds * Threads);

    public double ShardShare => _shardSeconds / (Seconds * ShardsPlayed);

    public double CardShare => _cardSeconds / (Seconds * Cards);

    public double CoordinatorShare => _coordinatorSeconds / Seconds;

    public void Updated(long delay)
    {
        if (IsCounting)
        {
            Delays.Add(delay);
        }
    }

    public void Missed(double mean, double squareMean)
    {
        if (IsCounting)
        {
            _missingSum += mean;
            _missingSquares += squareMean;
            _missingCount++;
        }
    }

    public void Pushed(double bytes) => Add(ref _bytesPushed, bytes);

    public void Pulled(double bytes) => Add(ref _bytesPulled, bytes);

    public void Told(double bytes) => Add(ref _bytesTold, bytes);

    public void ThreadBusy(double seconds) => Add(ref _threadSeconds, seconds);

    public void ShardBusy(double seconds) => Add(ref _shardSeconds, seconds);

    public void CardBusy(double seconds) => Add(ref _cardSeconds, seconds);

    public void CoordinatorBusy(double seconds) => Add(ref _coordinatorSeconds, seconds);

    private void Add(ref double sum, double amount) => sum += IsCounting ? amount : 0;
}
