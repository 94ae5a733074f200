using OrleansSgd.Grains.Jobs;

namespace OrleansSgd.Grains.Grid;

/// <summary>Is told of every job that the grid accepts, before it begins: so that a trace can be open from its first span on.</summary>
public interface IJobObserver
{
    /// <summary>A job is accepted. Called in a grain's turn: whatever takes long is done elsewhere.</summary>
    void Accepted(string job, JobPlan plan);
}
