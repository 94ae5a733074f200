using OrleansSgd.Core.Randomness;

namespace OrleansSgd.Simulator.Planning;

/// <summary>Plays a whole job under churn, from one death, restart or checkpoint to the next; in between, steps go on as the silos allow.</summary>
/// <remarks>
/// <para>A death of a silo that has shards stops all pushes until it is noticed and its slices are copied to other silos; its workers begin
/// anew elsewhere, and what they were computing is computed again. The death of the coordinator's silo takes the run back to the newest
/// checkpoint. The rate goes with the threads that are there, up to as many as there are workers.</para>
/// <para>As many events as things happen, each O(log n).</para>
/// </remarks>
internal sealed class ChurnSimulation
{
    private const ulong ChurnStream = 0x504C_414E_03;

    // A job of a month with a checkpoint a second has fewer.
    private const long EventsMax = 3_000_000;

    private readonly ClusterDescription _cluster;
    private readonly PlannedJob _job;
    private readonly FrameSizes _sizes;
    private readonly StepFigures _steps;
    private readonly SeededRandom _random;
    private readonly MomentQueue<What> _queue = new();
    private readonly ChurnFigures _figures = new();
    private readonly double _samplesPerSecond;
    private readonly double _samplesTotal;
    private int _silosUp;
    private double _now;
    private double _stoppedUntil;
    private double _samples;
    private double _samplesSaved;

    /// <param name="steps">What the undisturbed run does.</param>
    /// <param name="samplesTotal">Samples after which the job ends.</param>
    public ChurnSimulation(ClusterDescription cluster, PlannedJob job, StepFigures steps, double samplesTotal, ulong seed)
    {
        _cluster = cluster;
        _job = job;
        _sizes = new FrameSizes(job);
        _steps = steps;
        _random = new SeededRandom(seed, ChurnStream);
        _samplesPerSecond = steps.UpdatesPerSecond * job.Batch;
        _samplesTotal = samplesTotal;
        _silosUp = cluster.Silos;
    }

    private enum What
    {
        Death,
        Restart,
        Checkpoint,
    }

    // Of all workers, those that have a thread.
    private double RateNow => _samplesPerSecond * Math.Min(
        1, (double)_silosUp * _cluster.ThreadsPerSilo / Math.Min(_job.Workers, (double)_cluster.Silos * _cluster.ThreadsPerSilo));

    /// <summary>Plays to the end of the job; <see cref="ChurnFigures.Seconds"/> is ∞ when it gets nowhere.</summary>
    public ChurnFigures Run()
    {
        PlanDeath();
        PlanCheckpoint();
        while (_queue.Happened < EventsMax)
        {
            if (!_queue.TryNext(out What next))
            {
                return EndAfter(double.PositiveInfinity);
            }

            if (TryEndBefore(_queue.Now))
            {
                return EndAfter(_queue.Now);
            }

            Happen(next);
        }

        _figures.Seconds = double.PositiveInfinity;
        return Close();
    }

    private void Happen(What next)
    {
        switch (next)
        {
            case What.Death:
                // The last silo is spared: who kills all of them ends the job, and no forecast is needed.
                if (_silosUp > 1)
                {
                    Die();
                }

                PlanDeath();
                break;
            case What.Restart:
                _silosUp++;
                break;
            default:
                _samplesSaved = _samples;
                _figures.Checkpoints++;
                PlanCheckpoint();
                break;
        }
    }

    private void Die()
    {
        bool hasCoordinator = _random.NextInt(_silosUp) == 0;
        _silosUp--;
        _figures.SiloDeaths++;
        _queue.Plan(_queue.Now + _cluster.RestartSeconds, What.Restart);

        // Members are spread evenly, so a silo has its share of whatever is there.
        double shards = (double)_job.Shards / (_silosUp + 1);
        double workers = (double)_job.Workers / (_silosUp + 1);
        double bytes;
        double bytesPerSecond;
        if (hasCoordinator)
        {
            _figures.CoordinatorLosses++;
            _figures.SamplesRedone += _samples - _samplesSaved;
            _samples = _samplesSaved;
            bytes = _sizes.Slice * _job.Shards;
            bytesPerSecond = _cluster.StoreBytesPerSecond;
        }
        else
        {
            double redone = Math.Min(workers * _job.Batch, _samples);
            _figures.SamplesRedone += redone;
            _samples -= redone;

            // A slice comes from one view; what that lacks, from the keepers.
            double replayed = shards * Math.Max(0, _steps.MissingMean);
            _figures.UpdatesReplayed += replayed;
            bytes = (shards * _sizes.Slice) + (replayed * _sizes.Push);
            bytesPerSecond = _cluster.BandwidthBytesPerSecond;
        }

        double outage = shards > 0 ? _cluster.DetectionSeconds + (bytes / bytesPerSecond) : 0;
        double until = Math.Max(_stoppedUntil, _queue.Now + outage);
        _figures.OutageSeconds += until - Math.Max(_stoppedUntil, _queue.Now);
        _stoppedUntil = until;
        _figures.BytesRecovered += bytes;
    }

    // Goes on to a moment; true when the last sample is used before.
    private bool TryEndBefore(double moment)
    {
        double begin = Math.Max(_now, Math.Min(_stoppedUntil, moment));
        double seconds = moment - begin;
        if (_samples + (seconds * RateNow) >= _samplesTotal)
        {
            return true;
        }

        _samples += seconds * RateNow;
        _now = moment;
        return false;
    }

    private ChurnFigures EndAfter(double moment)
    {
        double begin = Math.Max(_now, Math.Min(_stoppedUntil, moment));
        _figures.Seconds = begin + ((_samplesTotal - _samples) / RateNow);
        return Close();
    }

    private ChurnFigures Close()
    {
        _figures.Events = _queue.Happened;
        _figures.Comparisons = _queue.Comparisons;
        return _figures;
    }

    private void PlanDeath()
    {
        double perSecond = _cluster.ChurnPerSiloHour * _silosUp / 3600;
        if (perSecond > 0)
        {
            _queue.Plan(_queue.Now + (SimulatedNetwork.Exponential(_random) / perSecond), What.Death);
        }
    }

    private void PlanCheckpoint()
    {
        if (_cluster.CheckpointSeconds > 0 && _cluster.ChurnPerSiloHour > 0)
        {
            _queue.Plan(_queue.Now + _cluster.CheckpointSeconds, What.Checkpoint);
        }
    }
}
