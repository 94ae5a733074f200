using OrleansSgd.Core.Consistency;
using OrleansSgd.Simulator.Faults.Facts;

namespace OrleansSgd.Simulator.Faults.Hosts;

/// <summary>A worker's copy of one slice, as it answers to the job; Version −1 when it has none.</summary>
internal sealed record SliceCopy(int Life, long Version, float[] Slice, TicketSet Settled);

/// <summary>One activation of a worker: runs the loop of its newest life.</summary>
internal sealed class WorkerHost(Grid grid, int worker, Silo silo) : IActivation
{
    private WorkerLoop? _loop;
    private bool _isDropped;

    public Silo Silo => silo;

    public bool IsDead => _isDropped || !silo.IsUp;

    public string Start(int incarnation)
    {
        if (_loop is null || incarnation > _loop.Incarnation)
        {
            _loop?.Stop();
            _loop = new WorkerLoop(grid, this, worker, incarnation);
            _loop.Run();
        }

        return silo.Name;
    }

    public SliceCopy CopySlice(int shard, int lifeNew)
    {
        float[] slice = new float[grid.Model.Map[shard].Length];
        var settled = new TicketSet();
        if (_loop is null || !_loop.View.TryCopy(shard, lifeNew, slice, settled, out long version, out int life))
        {
            return new SliceCopy(0, -1, slice, settled);
        }

        return new SliceCopy(life, version, slice, settled);
    }

    /// <summary>Ends a life as planned; false when that life is not here.</summary>
    public bool HandOver(int incarnation)
    {
        if (_loop is null || _loop.Incarnation != incarnation)
        {
            return false;
        }

        _loop.Stop();
        grid.Facts.Add(new Carried(worker, incarnation));
        grid.Drop(worker, this);
        return true;
    }

    public void Drop() => _isDropped = true;

    /// <summary>Tells the job that the loop ended before the run did, until the job has heard it.</summary>
    public void ReportEnd()
    {
        if (_loop is { } loop)
        {
            loop.Stop();
            grid.CallJob<int>(
                silo,
                (job, reply) =>
                {
                    job.WorkerEnded(worker, loop.Incarnation);
                    reply(0);
                },
                _ => { },
                ReportEnd);
        }
    }
}
