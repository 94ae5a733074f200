namespace OrleansSgd.Grains.Workers;

/// <summary>Which life of which worker of which job.</summary>
internal sealed record WorkerIdentity(string Job, int Worker, int Incarnation)
{
    /// <summary>For logs.</summary>
    public string Name { get; } = string.Create(null, $"{Job}/worker/{Worker}#{Incarnation}");
}
