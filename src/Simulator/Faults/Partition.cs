using OrleansSgd.Simulator.Faults.Hosts;

namespace OrleansSgd.Simulator.Faults;

/// <summary>A silo is cut off for a while. When that is from all others, they may think it dead; it goes on and is healed.</summary>
/// <param name="Moment">When, in microseconds.</param>
/// <param name="Duration">For how long, in microseconds.</param>
/// <param name="Direction">Which of its messages are lost.</param>
/// <param name="IsFromAll">Whether it is cut off from all others, or from one.</param>
internal readonly record struct Partition(long Moment, long Duration, SiloCut Direction, bool IsFromAll)
{
    public override string ToString() => $"{Moment}+{Duration} {Direction} of {(IsFromAll ? "all" : "one")}";
}
