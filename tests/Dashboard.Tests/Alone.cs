namespace OrleansSgd.Dashboard.Tests;

/// <summary>Tests that weigh the memory of the whole process: none runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
