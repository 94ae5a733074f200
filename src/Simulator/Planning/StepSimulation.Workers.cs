namespace OrleansSgd.Simulator.Planning;

internal sealed partial class StepSimulation
{
    // Where workers hold threads, a step begins with one.
    private void Begin(int worker)
    {
        WorkerLoad load = _workers[worker];
        if (_cluster.HoldsThreads && !TryTakeThread(worker, load))
        {
            return;
        }

        if (load.LeaseLeft > 0)
        {
            load.LeaseLeft--;
            Compute(worker);
        }
        else
        {
            Plan(Way(), What.LeaseAsked, worker);
        }
    }

    private void LeaseAnswered(int worker)
    {
        WorkerLoad load = _workers[worker];
        bool isWhole = !_isRounds && _gate is null;
        load.LeaseLeft = isWhole ? _job.LeaseBatches - 1 : 0;
        if (load.HasView && isWhole)
        {
            Compute(worker);
        }
        else
        {
            load.HasView = true;
            Send(worker, What.PullArrived, FrameSizes.Question);
        }
    }

    // One question to each shard: through the silo's card, then each its own way.
    private void Send(int worker, What arrives, double size)
    {
        WorkerLoad load = _workers[worker];
        SiloLoad silo = _silos[SiloOf(worker)];
        double bytes = size * _job.Shards;
        bool isPush = arrives == What.PushArrived;
        if (isPush)
        {
            _figures.Pushed(bytes);
        }

        // First the copy to the worker's keeper on another silo, and its answer.
        bool isKept = isPush && _silos.Length > 1;
        double seconds = (isKept ? 2 : 1) * bytes / _cardBytesPerSecond;
        silo.SentBy = Math.Max(silo.SentBy, _queue.Now) + seconds;
        _figures.CardBusy(seconds);
        double leaves = silo.SentBy - _queue.Now + (isKept ? Way() + Way() : 0);
        load.IsPushing = isPush;
        load.Delay = 0;
        load.AnswersDue = _shards.Length + (_others is null ? 0 : 1);
        for (int shard = 0; shard < _shards.Length; shard++)
        {
            Plan(leaves + Way(), arrives, worker, shard);

            // A thread that calls a shard of its own process does the shard's work, and only then calls the next.
            leaves += _cluster.HoldsThreads ? Way() + Way() + ServiceSeconds(size, _sizes.View(1)) : 0;
        }

        if (_others is not null)
        {
            PlanOthers(worker, isPush, leaves);
        }
    }

    // The shards that are not played are as busy as those that are.
    private void PlanOthers(int worker, bool isPush, double leaves)
    {
        double busy = 0;
        foreach (ShardLoad shard in _shards)
        {
            busy += Math.Max(0, shard.FreeAt - _queue.Now);
        }

        double ways = (2 * _cluster.LatencySeconds) + (_cluster.LatencySpreadSeconds * _others!.Draw(_network));
        double service = ServiceSeconds(isPush ? _sizes.Push : FrameSizes.Question, _sizes.View(_job.Workers));
        Plan(leaves + ways + (busy / _shards.Length) + service, What.Answered, worker);
    }

    private void Compute(int worker)
    {
        if (TryTakeThread(worker, _workers[worker]))
        {
            ComputeNow(worker);
        }
    }

    // Who gets none is called again when it is its turn.
    private bool TryTakeThread(int worker, WorkerLoad load)
    {
        SiloLoad silo = _silos[SiloOf(worker)];
        if (load.HasThread)
        {
            return true;
        }

        load.HasThread = silo.Busy < _cluster.ThreadsPerSilo;
        if (load.HasThread)
        {
            silo.Busy++;
        }
        else
        {
            silo.Waiting.Enqueue(worker);
        }

        return load.HasThread;
    }

    private void ComputeNow(int worker)
    {
        double spread = _cluster.GradientSpread;
        double seconds = _cluster.GradientSeconds * (1 - spread + (spread * SimulatedNetwork.Exponential(_compute)));
        _figures.ThreadBusy(seconds + _cluster.EncodeSeconds);
        Plan(seconds, What.GradientDone, worker);
    }

    // The ticket is asked for while the update is encoded.
    private void GradientDone(int worker)
    {
        _workers[worker].EncodedAt = _queue.Now + _cluster.EncodeSeconds;
        Plan(Way(), What.TicketAsked, worker);
        if (!_cluster.HoldsThreads)
        {
            Plan(_cluster.EncodeSeconds, What.ThreadFree, worker);
        }
    }

    private void ThreadFree(int worker)
    {
        if (!_workers[worker].HasThread)
        {
            return;
        }

        _workers[worker].HasThread = false;
        SiloLoad silo = _silos[SiloOf(worker)];
        if (!silo.Waiting.TryDequeue(out int next))
        {
            silo.Busy--;
            return;
        }

        WorkerLoad load = _workers[next];
        load.HasThread = true;
        Plan(_cluster.WakeSeconds, _cluster.HoldsThreads && !load.IsViewed ? What.Begin : What.ThreadTaken, next);
    }

    private void Answered(int worker)
    {
        WorkerLoad load = _workers[worker];
        if (--load.AnswersDue > 0)
        {
            return;
        }

        if (!load.IsPushing)
        {
            load.IsViewed = true;
            Compute(worker);
            return;
        }

        load.Steps++;
        _updates++;
        _figures.Updated(load.Delay);
        CloseStep(worker, load.Ticket);
        load.IsViewed = false;
        if (_cluster.HoldsThreads)
        {
            ThreadFree(worker);
        }

        Begin(worker);
    }

    // Who waited for the slowest goes on when that was this worker.
    private void CloseStep(int worker, long ticket)
    {
        if (_gate is null)
        {
            return;
        }

        long slowest = _gate.ClockMin;
        _gate.Closed(worker, ticket);
        for (long clock = slowest + _job.StepsAheadMax + 1; clock <= _gate.ClockMin + _job.StepsAheadMax; clock++)
        {
            if (_gated.Remove(clock, out List<int>? waiting))
            {
                waiting.ForEach(next => GiveLease(next, _cluster.WakeSeconds));
            }
        }
    }
}
