namespace OrleansSgd.Simulation.Hosts;

/// <summary>A process that hosts shards and workers.</summary>
internal sealed class Silo(string name)
{
    public string Name => name;

    /// <summary>False once it died: then nothing on it does or receives anything.</summary>
    public bool IsUp { get; set; } = true;
}
