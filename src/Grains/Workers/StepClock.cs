namespace OrleansSgd.Grains.Workers;

/// <summary>Measures what a worker's steps take of its own: the gradient and the push before it, and nothing that it waits for others.</summary>
internal sealed class StepClock(TimeProvider time)
{
    private long _gradientBegan;
    private long _pushBegan;
    private double _gradientSeconds = double.NaN;
    private double _pushSeconds;

    /// <summary>Seconds of the newest step; NaN before its gradient is computed, and once they were sent.</summary>
    public double Seconds => _gradientSeconds + _pushSeconds;

    /// <summary>Seconds since the gradient was begun.</summary>
    public double GradientSeconds => time.GetElapsedTime(_gradientBegan).TotalSeconds;

    /// <summary>The gradient is begun.</summary>
    public void GradientBegins() => _gradientBegan = time.GetTimestamp();

    /// <summary>The gradient is there.</summary>
    public void GradientEnds() => _gradientSeconds = GradientSeconds;

    /// <summary>The coordinator has them: a question that is repeated is no other step.</summary>
    public void SecondsSent() => _gradientSeconds = double.NaN;

    /// <summary>The step's ticket came, and the push begins.</summary>
    public void PushBegins() => _pushBegan = time.GetTimestamp();

    /// <summary>Every shard has answered.</summary>
    public void PushEnds() => _pushSeconds = time.GetElapsedTime(_pushBegan).TotalSeconds;
}
