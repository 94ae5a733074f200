using OrleansSgd.Core.Randomness;
using OrleansSgd.Simulator.Faults.Facts;

namespace OrleansSgd.Simulator.Faults.Hosts;

/// <summary>Carries out what the plan says goes wrong, and when.</summary>
internal sealed class FaultScript(Grid grid, SeededRandom random)
{
    // When others notice that a silo is silent, and when a silo is started in its place, in microseconds.
    private const int NoticedWithin = 60_000;
    private const int ReplacedWithin = 300_000;

    // A silo that is thought dead hears of it this long after it can.
    private const int HeardWithin = 20_000;

    private const long Patience = 5_000;

    // From the notice to the end of a silo that leaves as planned.
    private const long LeaveWithin = 500_000;

    private int _underWay;
    private int _leaving;
    private bool _isMoving;

    public void Begin()
    {
        FaultPlan plan = grid.Plan;
        At(plan.SiloCrashes, CrashSilo);
        At(plan.SiloSuspicions, SuspectSilo);
        At(plan.ShardCrashes, DropShard);
        At(plan.WorkerCrashes, DropWorker);
        foreach (Partition partition in plan.Partitions)
        {
            At(partition.Moment, () => Cut(partition));
        }

        At(plan.JobCrashes, () => CrashJob("the coordinator dies"));
        At(plan.TotalLosses, LoseAll);
        At(plan.Leaves, Leave, isPlanned: true);
        At(plan.Joins, grid.AddSilo, isPlanned: true);
        foreach (Slowdown slowdown in plan.Slowdowns)
        {
            At(slowdown.Moment, () => Slow(slowdown));
        }
    }

    private void At(IReadOnlyList<long> moments, Action happen, bool isPlanned = false)
    {
        foreach (long moment in moments)
        {
            At(moment, happen, isPlanned);
        }
    }

    private void At(double delay, Action happen, bool isPlanned = false) => grid.Time.After(delay, () =>
    {
        if (!grid.Plan.IsOneSiloAtATime || (isPlanned ? MayMove() : MayStrike()))
        {
            _isMoving = isPlanned;
            happen();
        }
        else if (grid.Network.IsFaulty)
        {
            At(Patience, happen, isPlanned);
        }
    });

    // What is planned is no fault: one may come while members move, and another move. There have to be two silos that stay, or nothing can be kept twice.
    private bool MayMove() => grid.Silos.Count - _leaving > 2 && MayStrike();

    private bool MayStrike() => _isMoving || IsOver();

    // One silo at a time: the next fault waits until the one before is over and the run over it.
    private bool IsOver() => _underWay == 0 && grid.Job.IsRecovered;

    private void DropShard()
    {
        int shard = random.NextInt(grid.Plan.Run.Shards);
        grid.Facts.Add(new Struck($"shard {shard} dies"));
        grid.DropShard(shard);
    }

    private void DropWorker()
    {
        int worker = random.NextInt(grid.Plan.Run.Workers);
        grid.Facts.Add(new Struck($"worker {worker} dies"));
        grid.DropWorker(worker);
    }

    private void CrashSilo() => EndSilo(Victim(), random.NextInt(NoticedWithin), 0);

    private void SuspectSilo() => EndSilo(Victim(), 0, random.NextInt(NoticedWithin));

    private void EndSilo(Silo? silo, int noticedAfter, int diesAfter)
    {
        if (silo is null)
        {
            return;
        }

        grid.Facts.Add(new Struck($"{silo.Name} dies after {diesAfter}, which is noticed after {noticedAfter}"));
        During(Math.Max(noticedAfter, diesAfter));
        grid.Time.After(diesAfter, () => silo.IsUp = false);
        Forget(silo, noticedAfter);
    }

    private void CrashJob(string what)
    {
        if (!grid.Home.IsUp)
        {
            return;
        }

        grid.Facts.Add(new Struck(what));
        grid.Home.IsUp = false;
        int after = random.NextInt(NoticedWithin);
        During(after);
        grid.Time.After(after, grid.ResumeJob);
    }

    private void LoseAll()
    {
        foreach (Silo silo in grid.Silos.ToArray())
        {
            silo.IsUp = false;
            Forget(silo, 0);
        }

        CrashJob("everything dies");
    }

    private void Forget(Silo silo, int after)
    {
        grid.Time.After(after, () =>
        {
            if (silo.IsMember)
            {
                grid.Forget(silo);
                grid.Time.After(random.NextInt(ReplacedWithin), grid.AddSilo);
            }
        });
    }

    // Cut off from all for longer than others are patient, it is thought dead; it goes on, pushes, is healed, and hears of it.
    private void Cut(Partition partition)
    {
        if (Victim() is not { } silo)
        {
            return;
        }

        silo.Cut = partition.Direction;
        silo.CutFrom = partition.IsFromAll ? null : Other(silo);
        grid.Facts.Add(new Struck($"{silo.Name} is cut off from {silo.CutFrom?.Name ?? "all"}: {partition}"));
        During(partition.Duration);
        grid.Time.After(partition.Duration, () => silo.Cut = SiloCut.None);
        int patience = random.NextInt(NoticedWithin);
        if (silo.IsAlone && patience < partition.Duration)
        {
            Forget(silo, patience);
            int dies = (int)partition.Duration + random.NextInt(HeardWithin);
            During(dies);
            grid.Time.After(dies, () => silo.IsUp = false);
        }
    }

    private void Slow(Slowdown slowdown)
    {
        if (Victim() is { } silo)
        {
            grid.Facts.Add(new Struck($"{silo.Name} is slow: {slowdown}"));
            silo.Slowness = slowdown.Factor;
            During(slowdown.Duration);
            grid.Time.After(slowdown.Duration, () => silo.Slowness = 1);
        }
    }

    // A silo that is not clear when its time is over ends like one that dies.
    private void Leave()
    {
        if (grid.Silos.Count < 2 || Victim() is not { } silo)
        {
            return;
        }

        double deadline = grid.Time.Now + LeaveWithin;
        grid.Facts.Add(new Struck($"{silo.Name} is told to leave"));
        _underWay++;
        _leaving++;
        grid.Job.Leave(silo);
        Wait();

        void Wait()
        {
            if (grid.Time.Now < deadline && silo.IsMember && !grid.Job.IsClearOf(silo))
            {
                grid.Time.After(Patience, Wait);
                return;
            }

            grid.Facts.Add(new Struck($"{silo.Name} ends{(grid.Job.IsClearOf(silo) ? "" : ", although it is not clear")}"));
            _underWay--;
            _leaving--;
            silo.IsUp = false;
            Forget(silo, 0);
        }
    }

    private void During(double duration)
    {
        _underWay++;
        grid.Time.After(duration, () => _underWay--);
    }

    private Silo? Victim() => grid.Silos.Count == 0 ? null : grid.Silos[random.NextInt(grid.Silos.Count)];

    // The job's own silo is one of those it may be cut off from.
    private Silo Other(Silo silo)
    {
        Silo[] others = [.. grid.Silos.Where(one => one != silo), grid.Home];
        return others[random.NextInt(others.Length)];
    }
}
