namespace OrleansSgd.Grains.Grid;

/// <summary>How the silos of a process come and go when somebody asks the grid for another number of them.</summary>
/// <param name="SilosMax">Most silos; 0 when each silo is a process of its own, which only its orchestrator can start.</param>
/// <param name="Scale">Begins to give the process so many silos; returns why not, or null. Does not wait for them.</param>
public sealed record SiloScalingPort(int SilosMax, Func<int, string?> Scale)
{
    /// <summary>Silos that are processes of their own.</summary>
    public static SiloScalingPort None { get; } = new(0, static _ =>
        "The silos of this grid are processes of their own; start or stop some of those instead, as your orchestrator does it.");
}
