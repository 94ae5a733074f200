namespace OrleansSgd.Core.Scaling;

/// <summary>Turns what a grid reports, moment by moment, into readings for <see cref="AutoscalePolicy"/>: its only state.</summary>
public sealed class ScalingMachine
{
    private readonly ScalingPlan _plan;
    private readonly ThroughputWindow _window;
    private TimeSpan _now;
    private int _silos;
    private ScalingChange? _lastChange;
    private int? _silosWorthwhile;
    private double _siloHoursUsed;
    private string _work = "";

    /// <param name="plan">A plan without mistakes.</param>
    public ScalingMachine(ScalingPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        _plan = plan;

        // By the end of a cool-down there is a measurement of at least a quarter of it.
        _window = new ThroughputWindow(plan.CoolDown / 2, plan.CoolDown / 4, plan.CoolDown);
    }

    /// <summary>The newest change; null before the first.</summary>
    public ScalingChange? LastChange => _lastChange;

    /// <summary>Budget spent so far, in silo-hours.</summary>
    public double SiloHoursUsed => _siloHoursUsed;

    /// <summary>The grid is like this now; answers how many silos are wanted.</summary>
    /// <param name="now">Time since the grid began; not before the last call's.</param>
    /// <param name="silos">Silos that are up; 1 or more.</param>
    /// <param name="samplesUsed">Samples that the running jobs have used.</param>
    /// <param name="samplesLeft">Samples that they have not.</param>
    /// <param name="work">Names what is worked on. Another job may scale otherwise, so what was learnt is forgotten when it changes.</param>
    public ScalingDecision Observe(TimeSpan now, int silos, long samplesUsed, long samplesLeft, string work)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(silos, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(now, _now);
        _siloHoursUsed += _silos * (now - _now).TotalHours;
        _now = now;
        if (work != _work)
        {
            _work = work;
            _silosWorthwhile = null;
            _lastChange = _lastChange is { } change ? change with { RateBefore = double.NaN, RateAfter = double.NaN } : null;
            _window.Restart(now);
        }

        if (silos != _silos)
        {
            Changed(now, silos);
        }

        _window.Add(now, samplesUsed);
        Judge(silos);
        return AutoscalePolicy.Decide(_plan, new ScalingReading
        {
            Now = now,
            Silos = silos,
            SamplesLeft = samplesLeft,
            SamplesPerSecond = _window.SamplesPerSecond,
            LastChange = _lastChange,
            SilosWorthwhile = _silosWorthwhile,
            SiloHoursUsed = _siloHoursUsed,
        });
    }

    private void Changed(TimeSpan now, int silos)
    {
        if (_silos > 0)
        {
            _lastChange = new ScalingChange(now, _silos, silos, _window.SamplesPerSecond);
            _window.Restart(now);
        }

        _silos = silos;
    }

    // The verdict on a change stands from the first measurement after its cool-down: later ones see other work.
    private void Judge(int silos)
    {
        if (_lastChange is not { } change || change.To != silos || !double.IsNaN(change.RateAfter) || _now - change.At < _plan.CoolDown)
        {
            return;
        }

        change = change with { RateAfter = _window.SamplesPerSecond };
        _lastChange = change;
        if (change.IsPoor(_plan.GainMin))
        {
            _silosWorthwhile = Math.Min(_silosWorthwhile ?? int.MaxValue, change.From);
        }
    }
}
