using OrleansSgd.Core.Runs;

namespace OrleansSgd.Simulator.Faults.Hosts;

/// <summary>A checkpoint: the run at a ticket, the slices of its shards, and how much of the history there was.</summary>
/// <param name="Run">What the coordinator remembers.</param>
/// <param name="Frames">[shards]; each slice as a view frame.</param>
/// <param name="Mark">Facts before it count as they are; of those after it only what is said of tickets below the cut's.</param>
internal sealed record SavedCut(SavedRun Run, byte[][] Frames, int Mark);
