namespace OrleansSgd.Cluster.Tests.Conformance.Grains;

/// <summary>Calls the first of the others and gives it the rest.</summary>
public interface IRingGrain : IGrainWithStringKey
{
    [ResponseTimeout("00:00:01")]
    Task Call(string[] others);
}

/// <inheritdoc/>
public class RingGrain : Grain, IRingGrain
{
    public Task Call(string[] others) =>
        others.Length == 0 ? Task.CompletedTask : GrainFactory.GetGrain<IRingGrain>(others[0]).Call(others[1..]);
}
