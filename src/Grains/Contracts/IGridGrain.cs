namespace OrleansSgd.Grains.Contracts;

/// <summary>The grid's front door. Key: <see cref="Key"/>.</summary>
[Alias("OrleansSgd.IGridGrain")]
public interface IGridGrain : IGrainWithStringKey
{
    /// <summary>The one key this grain has.</summary>
    const string Key = "grid";

    /// <summary>Accepts a job and starts it.</summary>
    /// <param name="plan">The job's plan, as <see cref="Jobs.JobPlan.ToJson"/> writes it.</param>
    /// <returns>The job's id, or every mistake in the plan.</returns>
    [Alias("Submit")]
    Task<SubmitAnswer> Submit(string plan);

    /// <summary>The id that the next job of this name gets.</summary>
    [Alias("NextId")]
    Task<string> NextId(string name);

    /// <summary>Goes on with every job in the store that is not over: called when a grid starts on a store that another one left.</summary>
    /// <returns>Their ids.</returns>
    [Alias("ResumeAll")]
    Task<string[]> ResumeAll();

    /// <summary>Every job the grid knows, oldest first.</summary>
    [Alias("List")]
    Task<JobSummary[]> List();

    /// <summary>Gives the grid so many silos, where one process has them all. They come and go after the answer.</summary>
    [Alias("Scale")]
    Task<OperatorAnswer> Scale(int silos);

    /// <summary>The grid as it is.</summary>
    [Alias("Overview")]
    Task<GridOverview> Overview();

    /// <summary>A silo is going to leave: every job moves what it has there.</summary>
    /// <param name="silo">Its address, as <c>SiloAddress.ToParsableString</c> writes it.</param>
    /// <param name="deadline">How long it may take; an answer comes after <see cref="GridOptions.HoldTime"/> at the latest.</param>
    /// <returns>True once nothing of any job lives there any more; false when it is not done yet: ask again until the deadline has passed.</returns>
    [Alias("Leave")]
    Task<bool> Leave(string silo, TimeSpan deadline);
}

/// <summary>The id of an accepted job; or null, and why not.</summary>
[GenerateSerializer, Immutable, Alias("OrleansSgd.SubmitAnswer")]
public sealed record SubmitAnswer([property: Id(0)] string? Job, [property: Id(1)] string[] Mistakes);

/// <summary>What became of something an operator asked for.</summary>
/// <param name="Refusal">Why it is not done, and what to do instead; null when it is.</param>
/// <param name="IsKept">Whether the store has it, so that it outlives the grid.</param>
[GenerateSerializer, Immutable, Alias("OrleansSgd.OperatorAnswer")]
public sealed record OperatorAnswer([property: Id(0)] string? Refusal, [property: Id(1)] bool IsKept = false)
{
    /// <summary>Not done.</summary>
    public static OperatorAnswer Refused(string why) => new(why);
}

/// <summary>A grid at one moment.</summary>
/// <param name="Cluster">Names it.</param>
/// <param name="Store">Where its jobs are kept, without secrets; empty for nowhere.</param>
/// <param name="Silos">Addresses of the silos that are up, sorted.</param>
/// <param name="SilosMax">Silos that <see cref="IGridGrain.Scale"/> can give it; 0 when it cannot.</param>
[GenerateSerializer, Immutable, Alias("OrleansSgd.GridOverview")]
public sealed record GridOverview(
    [property: Id(0)] string Cluster, [property: Id(1)] string Store, [property: Id(2)] string[] Silos, [property: Id(3)] int SilosMax);

/// <summary>One line of the list of jobs.</summary>
[GenerateSerializer, Immutable, Alias("OrleansSgd.JobSummary")]
public sealed record JobSummary([property: Id(0)] string Job, [property: Id(1)] string Name, [property: Id(2)] JobPhase Phase);
