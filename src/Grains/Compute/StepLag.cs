namespace OrleansSgd.Grains.Compute;

/// <summary>Makes a worker as slow as its pool is said to be: after each gradient it waits as much longer as the factor asks for.</summary>
/// <remarks>What is owed is saved up until a timer can keep it, so that the mean is right however short a gradient is. One worker's own.</remarks>
internal sealed class StepLag(ComputePool pool, TimeProvider time)
{
    // Timers count milliseconds; what is shorter would be rounded away.
    private const double PauseSecondsMin = 0.002;

    private double _owedSeconds;

    /// <summary>Waits for what a gradient owes; nothing as long as the pool has its full speed.</summary>
    /// <param name="seconds">How long the gradient took.</param>
    /// <exception cref="OperationCanceledException">The loop is to end.</exception>
    public ValueTask AfterAsync(double seconds, CancellationToken cancellation)
    {
        double slowness = pool.Slowness;
        if (slowness == 1)
        {
            _owedSeconds = 0;
            return default;
        }

        _owedSeconds += (slowness - 1) * seconds;
        return _owedSeconds < PauseSecondsMin ? default : new ValueTask(PayAsync(cancellation));
    }

    private async Task PayAsync(CancellationToken cancellation)
    {
        long begun = time.GetTimestamp();
        await Task.Delay(TimeSpan.FromSeconds(_owedSeconds), time, cancellation);

        // A timer comes late rather than early; what it took too much counts for the next gradients.
        _owedSeconds -= time.GetElapsedTime(begun).TotalSeconds;
    }
}
