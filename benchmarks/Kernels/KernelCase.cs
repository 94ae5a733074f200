namespace OrleansSgd.Benchmarks.Kernels;

/// <summary>One loop at one size.</summary>
/// <param name="Name">What it does.</param>
/// <param name="Length">d, coordinates of the vector.</param>
/// <param name="Bytes">Bytes it must read and write, each counted once, as STREAM counts: a bound that no cache is asked about.</param>
/// <param name="Prepare">Makes what it works on, and the loop itself.</param>
/// <param name="Peer">Share of coordinates chosen where <c>torch.topk</c> does the same; 0 where it has no counterpart.</param>
public sealed record KernelCase(string Name, int Length, double Bytes, Func<Action> Prepare, double Peer = 0)
{
    /// <summary>For BenchmarkDotNet's tables.</summary>
    public override string ToString() => $"{Name}, d = {Length}";
}
