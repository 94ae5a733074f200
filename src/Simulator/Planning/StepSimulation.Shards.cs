namespace OrleansSgd.Simulator.Planning;

internal sealed partial class StepSimulation
{
    private void LeaseAsked(int worker)
    {
        ServeAtCoordinator(FrameSizes.Question);
        if (_gate is null || _gate.MayBegin(worker))
        {
            GiveLease(worker, 0);
        }
        else
        {
            long clock = _gate.ClockOf(worker);
            if (!_gated.TryGetValue(clock, out List<int>? waiting))
            {
                _gated[clock] = waiting = [];
            }

            waiting.Add(worker);
            ThreadFree(worker); // who waits for others lets them compute
        }
    }

    private void GiveLease(int worker, double wake)
    {
        _gate?.Began(worker);
        Plan(Math.Max(0, _coordinatorFree - _queue.Now) + Way() + wake, What.LeaseAnswered, worker);
    }

    private void TicketAsked(int worker)
    {
        WorkerLoad load = _workers[worker];
        load.Ticket = _ticket++;
        _gate?.Took(worker, load.Ticket, double.NaN);
        NoteMissing(worker, load.Ticket);
        ServeAtCoordinator(_sizes.Ledger);
        _figures.Told(_sizes.Ledger);
        double answered = _coordinatorFree + Way();
        Plan(Math.Max(answered, load.EncodedAt) - _queue.Now, What.PushLeaves, worker);
    }

    // A view holds smaller tickets only, and as many as its shard's version says. In rounds x is taken before the round's first ticket.
    private void NoteMissing(int worker, long ticket)
    {
        double sum = 0;
        double squares = 0;
        for (int shard = 0; shard < _shards.Length && !_isRounds; shard++)
        {
            double missing = ticket - View(worker, shard);
            sum += missing;
            squares += missing * missing;
        }

        _figures.Missed(sum / _shards.Length, squares / _shards.Length);
    }

    private void ServeAtCoordinator(double bytes)
    {
        double seconds = Math.Max(_cluster.CoordinatorSeconds, bytes / _cluster.BandwidthBytesPerSecond);
        _coordinatorFree = Math.Max(_coordinatorFree, _queue.Now) + seconds;
        _figures.CoordinatorBusy(seconds);
    }

    private void PushArrived(int worker, int at)
    {
        ShardLoad shard = _shards[at];
        if (_isRounds)
        {
            Serve(worker, shard, _sizes.Push, FrameSizes.Question);
            if (++shard.Contributions == _job.Workers)
            {
                shard.Contributions = 0;
                shard.Version++;
                Release(at);
            }

            return;
        }

        long missed = shard.Version - View(worker, at);
        WorkerLoad load = _workers[worker];
        load.Delay = Math.Max(load.Delay, missed);
        shard.Version++;
        View(worker, at) = shard.Version;
        Serve(worker, shard, _sizes.Push, _sizes.View(missed + 1));
    }

    private void PullArrived(int worker, int at)
    {
        ShardLoad shard = _shards[at];
        if (_isRounds && shard.Version < _workers[worker].Steps)
        {
            shard.Waiting.Add(worker);
            ThreadFree(worker);
        }
        else
        {
            AnswerPull(worker, at, 0);
        }
    }

    // The round is complete: its one version goes to all who wait for it.
    private void Release(int at)
    {
        ShardLoad shard = _shards[at];
        foreach (int worker in shard.Waiting)
        {
            AnswerPull(worker, at, _cluster.WakeSeconds);
        }

        shard.Waiting.Clear();
    }

    private void AnswerPull(int worker, int at, double wake)
    {
        ShardLoad shard = _shards[at];
        long missed = shard.Version - View(worker, at);
        View(worker, at) = shard.Version;
        Serve(worker, shard, FrameSizes.Question, _sizes.View(_isRounds ? _job.Workers : missed), wake);
    }

    private void Serve(int worker, ShardLoad shard, double sizeIn, double sizeOut, double wake = 0)
    {
        double seconds = ServiceSeconds(sizeIn, sizeOut);
        shard.FreeAt = Math.Max(shard.FreeAt, _queue.Now) + seconds;
        _figures.ShardBusy(seconds);

        // Every shard sends such an answer; what the worker's card takes for all of them is put on in equal parts.
        SiloLoad silo = _silos[SiloOf(worker)];
        double bytes = sizeOut * _job.Shards / _shards.Length;
        _figures.Pulled(bytes);
        silo.ReceivedBy = Math.Max(silo.ReceivedBy, _queue.Now) + (bytes / _cardBytesPerSecond);
        Plan(Math.Max(shard.FreeAt, silo.ReceivedBy) + Way() + wake - _queue.Now, What.Answered, worker);
    }

    // What a shard is busy for: its own work, on its share of the silo's threads, or its share of the silo's card, whichever takes longer.
    private double ServiceSeconds(double sizeIn, double sizeOut)
    {
        double work = _cluster.ShardSeconds + (_cluster.ShardSecondsPerMegabyte * (sizeIn + sizeOut) / 1e6);
        double crowd = Math.Max(1, (double)_shardsPerSilo / _cluster.ThreadsPerSilo);
        return Math.Max(work * crowd, Math.Max(sizeIn, sizeOut) * _shardsPerSilo / _cardBytesPerSecond);
    }
}
