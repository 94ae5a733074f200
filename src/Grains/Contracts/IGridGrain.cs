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

    /// <summary>Every job the grid knows, oldest first.</summary>
    [Alias("List")]
    Task<JobSummary[]> List();
}

/// <summary>The id of an accepted job; or null, and why not.</summary>
[GenerateSerializer, Immutable, Alias("OrleansSgd.SubmitAnswer")]
public sealed record SubmitAnswer([property: Id(0)] string? Job, [property: Id(1)] string[] Mistakes);

/// <summary>One line of the list of jobs.</summary>
[GenerateSerializer, Immutable, Alias("OrleansSgd.JobSummary")]
public sealed record JobSummary([property: Id(0)] string Job, [property: Id(1)] string Name, [property: Id(2)] JobPhase Phase);
