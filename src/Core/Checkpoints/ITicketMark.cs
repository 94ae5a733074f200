namespace OrleansSgd.Core.Checkpoints;

/// <summary>How far one life of a job has got, ahead of its checkpoints: what a killed process leaves of that, its next life counts as done again.</summary>
public interface ITicketMark : IDisposable
{
    /// <summary>Notes the number of tickets given. Costs no more than a write to memory; survives the process, not the machine.</summary>
    void Set(long tickets);
}
