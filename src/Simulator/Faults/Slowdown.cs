namespace OrleansSgd.Simulator.Faults;

/// <summary>A silo is slow for a while: what it computes and what it says and hears.</summary>
/// <param name="Moment">When, in microseconds.</param>
/// <param name="Duration">For how long, in microseconds.</param>
/// <param name="Factor">How many times longer everything takes.</param>
internal readonly record struct Slowdown(long Moment, long Duration, int Factor)
{
    public override string ToString() => $"{Moment}+{Duration} by {Factor}";
}
