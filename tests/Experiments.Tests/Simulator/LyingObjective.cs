using OrleansSgd.Simulator;

namespace OrleansSgd.Experiments.Tests.Simulator;

/// <summary>A planted bug: an objective that says its L is smaller than it is.</summary>
internal sealed class LyingObjective(IObjective objective, double smoothness) : IObjective
{
    public int Dimension => objective.Dimension;

    public double Smoothness => smoothness;

    public void Initialise(Span<float> parameters, ulong seed) => objective.Initialise(parameters, seed);

    public IObjectiveSession Open(ulong seed, int batchMax) => objective.Open(seed, batchMax);
}
