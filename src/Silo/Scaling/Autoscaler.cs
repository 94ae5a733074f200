using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansSgd.Core.Scaling;

namespace OrleansSgd.Silo.Scaling;

/// <summary>Asks the grid, period by period, what it has to do, and has silos come or go as <see cref="AutoscalePolicy"/> says.</summary>
public sealed partial class Autoscaler : BackgroundService
{
    private readonly Func<IGrainFactory> _grains;
    private readonly ScalingOptions _options;
    private readonly Func<int, Task>? _actuate;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ScalingMachine _machine;
    private readonly long _began;

    // Written by the loop, read by the endpoint.
    private volatile Observation? _latest;

    /// <param name="grains">The way to the grid as it is now: the silo it leads through may be gone the next time.</param>
    /// <param name="options">Without mistakes.</param>
    /// <param name="time">Where periods and rates come from.</param>
    /// <param name="log">Is told when the wanted number changes.</param>
    /// <param name="actuate">Makes it so; null where somebody else does, who asks the endpoint.</param>
    /// <exception cref="ArgumentException">The options have mistakes; the message has them all.</exception>
    public Autoscaler(Func<IGrainFactory> grains, ScalingOptions options, TimeProvider time, ILogger log, Func<int, Task>? actuate = null)
    {
        ArgumentNullException.ThrowIfNull(grains);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(log);
        string[] mistakes = [.. options.Mistakes()];
        if (mistakes.Length > 0)
        {
            throw new ArgumentException(string.Join(' ', mistakes), nameof(options));
        }

        _grains = grains;
        _options = options;
        _actuate = actuate;
        _time = time;
        _log = log;
        _machine = new ScalingMachine(options.Plan);
        _began = time.GetTimestamp();
    }

    /// <summary>The newest decision; null before the first.</summary>
    public ScalingDecision? Latest => _latest?.Decision;

    /// <summary>Looks once and acts on it. A grid that does not answer, or does not follow, is asked again with the next period.</summary>
    /// <returns>The decision; null when the grid did not answer.</returns>
    public async Task<ScalingDecision?> ObserveAsync()
    {
        GridWork work;
        try
        {
            work = await GridWork.ReadAsync(_grains());
        }
        catch (Exception error) when (error is OrleansException or TimeoutException or InvalidOperationException)
        {
            LogUnanswered(error.Message);
            return null;
        }

        ScalingDecision decision = _machine.Observe(
            _time.GetElapsedTime(_began), Math.Max(1, work.Silos), work.SamplesUsed, work.SamplesLeft, work.Jobs);
        if (decision.Wanted != (Latest?.Wanted ?? work.Silos))
        {
            LogWanted(Latest?.Wanted ?? work.Silos, decision.Wanted, decision.Reason);
        }

        _latest = new Observation(decision);
        if (_actuate is not null && decision.Wanted != work.Silos)
        {
            await ActuateAsync(decision.Wanted);
        }

        return decision;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_options.Period, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await ObserveAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The silo, or the grid, stops.
        }
    }

    private async Task ActuateAsync(int wanted)
    {
        try
        {
            await _actuate!(wanted);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            LogNotFollowed(wanted, error.Message);
        }
    }

    private sealed record Observation(ScalingDecision Decision);
}
