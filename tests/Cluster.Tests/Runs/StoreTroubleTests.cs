using OrleansSgd.Core.Checkpoints;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;

namespace OrleansSgd.Cluster.Tests.Runs;

/// <summary>Goal: trouble with the store is said, never harms a run, and never makes one begin again in silence.</summary>
public sealed class StoreTroubleTests
{
    private static readonly JobPlan Endless = TestGrid.SmallPlan with { Run = TestGrid.SmallPlan.Run with { Epochs = 1_000_000 } };

    private readonly TroubledStore _store = new();

    [Theory]
    [InlineData(StoreTrouble.Full)]
    [InlineData(StoreTrouble.ReadOnly)]
    [InlineData(StoreTrouble.Gone)]
    [InlineData(StoreTrouble.Denied)]
    public async Task Run_goes_on_while_its_store_has_trouble_and_is_kept_again_afterwards(StoreTrouble trouble)
    {
        await using TestGrid grid = await StartAsync();
        IJobGrain job = await grid.SubmitAsync(Endless);
        await Until(job, progress => progress.Checkpoints > 1);

        _store.Writing = trouble;
        JobProgress troubled = await Until(job, progress => progress.Warnings.Length > 0);
        Assert.Contains($"The store is {trouble}.", Assert.Single(troubled.Warnings), StringComparison.Ordinal);
        await Until(job, progress => progress.Tickets > troubled.Tickets + 1000);

        _store.Writing = null;
        JobProgress kept = await Until(job, progress => progress.CheckpointTicket > troubled.Tickets);
        Assert.Equal(JobPhase.Running, kept.Phase);
        Assert.Single(kept.Warnings);
        await job.Cancel();
    }

    [Fact]
    public async Task Job_that_cannot_be_kept_is_not_accepted()
    {
        await using TestGrid grid = await StartAsync();
        _store.Writing = StoreTrouble.Full;

        SubmitAnswer answer = await grid.Cluster.Client.GetGrain<IGridGrain>(IGridGrain.Key).Submit(Endless.ToJson());

        Assert.Null(answer.Job);
        Assert.Equal("The job cannot be kept: The store is Full.", Assert.Single(answer.Mistakes));
    }

    [Fact]
    public async Task Job_waits_for_a_store_that_is_gone_and_says_so()
    {
        string id = await LostAsync();
        _store.Finding = StoreTrouble.Gone;
        await using TestGrid grid = await StartAsync();
        IJobGrain job = grid.Cluster.Client.GetGrain<IJobGrain>(id);

        JobProgress waiting = await Until(job, progress => progress.Warnings.Length > 0);
        Assert.Equal((JobPhase.Starting, $"Job {id} waits for its store: The store is Gone."), (waiting.Phase, Assert.Single(waiting.Warnings)));

        _store.Finding = null;
        JobProgress going = await Until(job, progress => progress.Phase == JobPhase.Running && progress.Tickets > 0);
        Assert.Equal(1, going.Resumptions);
        await job.Cancel();
    }

    [Fact]
    public async Task Job_without_a_checkpoint_that_is_whole_fails_and_never_begins_again()
    {
        string id = await LostAsync();
        _store.Change = _ => new FoundCheckpoint(null, ["Checkpoint 4 lacks shard-0001.", "Checkpoint 3 is cut short."]);
        await using TestGrid grid = await StartAsync();

        JobProgress failed = await TestGrid.EndOf(grid.Cluster.Client.GetGrain<IJobGrain>(id));

        Assert.Equal(JobPhase.Failed, failed.Phase);
        Assert.Contains("has no checkpoint that is whole: Checkpoint 4 lacks shard-0001. Checkpoint 3 is cut short.", failed.Error, StringComparison.Ordinal);
        _store.Change = found => found;
        Assert.Null((await _store.FindAsync(id, CancellationToken.None)).Manifest!.Outcome);
    }

    [Fact]
    public async Task Checkpoint_of_another_model_is_refused_and_left_as_it_is()
    {
        string id = await LostAsync();
        _store.Change = found => found with { Manifest = found.Manifest! with { Shape = "mlp of 7 parameters in 1 shards, 3 samples" } };
        await using TestGrid grid = await StartAsync();

        JobProgress failed = await TestGrid.EndOf(grid.Cluster.Client.GetGrain<IJobGrain>(id));

        Assert.Equal(JobPhase.Failed, failed.Phase);
        Assert.Contains("is of another model: it has mlp of 7 parameters in 1 shards, 3 samples, but", failed.Error, StringComparison.Ordinal);
        _store.Change = found => found;
        Assert.Null((await _store.FindAsync(id, CancellationToken.None)).Manifest!.Outcome);
    }

    [Fact]
    public async Task Older_checkpoint_is_taken_where_the_newest_is_damaged_and_a_warning_says_so()
    {
        string id = await LostAsync();
        _store.Change = found => found with { PassedOver = ["Checkpoint 9 is damaged."] };
        await using TestGrid grid = await StartAsync();
        IJobGrain job = grid.Cluster.Client.GetGrain<IJobGrain>(id);

        JobProgress going = await Until(job, progress => progress.Phase == JobPhase.Running && progress.Tickets > 0);

        Assert.Contains("Checkpoint 9 is damaged.", going.Warnings);
        await job.Cancel();
    }

    [Fact]
    public async Task Looking_at_a_job_of_another_grid_does_not_take_it_over()
    {
        await using TestGrid first = await StartAsync();
        IJobGrain job = await first.SubmitAsync(Endless);
        await using TestGrid second = await StartAsync();

        JobSummary listed = Assert.Single(await second.Cluster.Client.GetGrain<IGridGrain>(IGridGrain.Key).List());

        Assert.Equal((job.GetPrimaryKeyString(), JobPhase.Running), (listed.Job, listed.Phase));
        long ticket = (await job.Progress(0)).CheckpointTicket;
        Assert.Equal(JobPhase.Running, (await Until(job, progress => progress.CheckpointTicket > ticket)).Phase);
        await job.Cancel();
    }

    private Task<TestGrid> StartAsync() => TestGrid.StartAsync(
        1, options => options.CheckpointPeriod = TimeSpan.FromMilliseconds(100), _store);

    // A job whose grid is gone.
    private async Task<string> LostAsync()
    {
        await using TestGrid grid = await StartAsync();
        IJobGrain job = await grid.SubmitAsync(Endless);
        await Until(job, progress => progress.CheckpointTicket > 0);
        await grid.Cluster.KillSiloAsync(grid.Cluster.Silos[0]);
        return job.GetPrimaryKeyString();
    }

    private static async Task<JobProgress> Until(IJobGrain job, Func<JobProgress, bool> isSo)
    {
        JobProgress progress = await job.Progress(0);
        while (!isSo(progress) && !progress.IsOver)
        {
            progress = await job.WaitFor(progress.Tickets + 100, 0);
        }

        Assert.True(isSo(progress), $"{progress.Phase}: {progress.Error}");
        return progress;
    }
}
