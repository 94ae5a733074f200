using OrleansSgd.Simulation.Hosts;

namespace OrleansSgd.Simulation.Plants;

/// <summary>Gives a lost worker's samples to others before the shards have said whether they were used.</summary>
internal sealed class HastyJob : Hooks
{
    public override bool ReturnsDoubtfulLeasesAtOnce => true;
}

/// <summary>Never hears that a silo is gone.</summary>
internal sealed class DeafJob : Hooks
{
    public override bool IgnoresLostSilos => true;
}

/// <summary>Workers whose views are off by a little.</summary>
internal sealed class BlurredViews : Hooks
{
    public override float[] View(float[] slice) => [.. slice.Select(MathF.BitIncrement)];
}
