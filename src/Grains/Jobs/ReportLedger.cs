using OrleansSgd.Grains.Checkpoints;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Grains.Jobs;

/// <summary>Adds up what the workers report. Reports are totals of one life, so a repeated one changes nothing.</summary>
internal sealed class ReportLedger(int workers, long samplesPerEpoch)
{
    // The mean loss shown covers about this part of an epoch.
    private const double LossWindow = 0.1;

    private readonly (int Incarnation, WorkerReport Report)[] _last = new (int, WorkerReport)[workers];
    private double _lossSum;
    private double _lossSamples;

    /// <summary>Updates pushed by all lives.</summary>
    public long Updates { get; private set; }

    /// <summary>Sum of delays over all updates.</summary>
    public long DelaySum { get; private set; }

    /// <summary>Largest delay.</summary>
    public long DelayMax { get; private set; }

    /// <summary>Bytes of all push frames.</summary>
    public long BytesPushed { get; private set; }

    /// <summary>Bytes of all view frames.</summary>
    public long BytesPulled { get; private set; }

    /// <summary>Mean loss of the newest samples; NaN before the first.</summary>
    public double Loss => _lossSamples == 0 ? double.NaN : _lossSum / _lossSamples;

    /// <summary>Mean delay; NaN before the first update.</summary>
    public double DelayMean => Updates == 0 ? double.NaN : (double)DelaySum / Updates;

    /// <summary>The sums as they are now.</summary>
    public SavedReports Save() => new(Updates, DelaySum, DelayMax, BytesPushed, BytesPulled, _lossSum, _lossSamples);

    /// <summary>Goes on from sums that were saved; every life that reported to them is over.</summary>
    public void Load(SavedReports saved)
    {
        (Updates, DelaySum, DelayMax) = (saved.Updates, saved.DelaySum, saved.DelayMax);
        (BytesPushed, BytesPulled) = (saved.BytesPushed, saved.BytesPulled);
        (_lossSum, _lossSamples) = (saved.LossSum, saved.LossSamples);
    }

    /// <summary>Takes in one report.</summary>
    public void Record(int worker, int incarnation, in WorkerReport report)
    {
        WorkerReport last = _last[worker].Incarnation == incarnation ? _last[worker].Report : default;
        _last[worker] = (incarnation, report);
        Updates += report.Updates - last.Updates;
        DelaySum += report.DelaySum - last.DelaySum;
        DelayMax = Math.Max(DelayMax, report.DelayMax);
        BytesPushed += report.BytesPushed - last.BytesPushed;
        BytesPulled += report.BytesPulled - last.BytesPulled;
        _lossSum += report.LossSum - last.LossSum;
        _lossSamples += report.Samples - last.Samples;
        if (_lossSamples > LossWindow * samplesPerEpoch)
        {
            _lossSum /= 2;
            _lossSamples /= 2;
        }
    }
}
