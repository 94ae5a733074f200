using OrleansSgd.Cluster.Tests.Runs;
using OrleansSgd.Core.Checkpoints;
using OrleansSgd.Data;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Grid;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Models;
using OrleansSgd.Storage.Memory;

namespace OrleansSgd.Cluster.Tests.Security;

/// <summary>Goal: a job reads nothing outside the folders for jobs. Method: every way out that a path can take, and every key that has a path.</summary>
public sealed class JobRootsTests : IDisposable
{
    private const string Sentence = "which is outside the folders that jobs may read; put it there, or have the folder added to jobRoots.";

    private readonly string _folder = Directory.CreateTempSubdirectory("orleans-sgd-roots-").FullName;
    private readonly string _root;

    public JobRootsTests()
    {
        _root = Path.Combine(_folder, "jobs");
        Directory.CreateDirectory(Path.Combine(_root, "inner"));
        Directory.CreateDirectory(Path.Combine(_folder, "jobs-of-others"));
        File.WriteAllText(Path.Combine(_folder, "outside.csv"), "a,label\n1,0\n");
        File.WriteAllText(Path.Combine(_root, "inside.csv"), "a,label\n1,0\n");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("inside.csv")]
    [InlineData("inner/../inside.csv")]
    [InlineData("not-there-yet.csv")]
    [InlineData("link-inside.csv")]
    [InlineData("../jobs/inside.csv")]
    public void What_leads_inside_may_be_read(string path)
    {
        Link("link-inside.csv", Path.Combine(_root, "inside.csv"));

        Assert.Empty(MistakesOf(Csv(path)));
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../outside.csv")]
    [InlineData("inner/../../outside.csv")]
    [InlineData("../jobs-of-others/x.csv")]
    [InlineData("link-outside.csv")]
    [InlineData("folder-outside/outside.csv")]
    [InlineData("relative-outside/outside.csv")]
    [InlineData("link-to-link.csv")]
    [InlineData("link-to-nothing.csv")]
    [InlineData("ring/x.csv")]
    [InlineData("half-ring/x")]
    [InlineData("link-by-way-of-outside.csv")]
    public void What_leads_outside_is_refused_whatever_way_it_takes(string path)
    {
        Link("link-outside.csv", Path.Combine(_folder, "outside.csv"));
        Link("folder-outside", _folder);
        Link("relative-outside", "..");
        Link("link-to-link.csv", Path.Combine(_root, "link-outside.csv"));
        Link("link-to-nothing.csv", Path.Combine(_folder, "gone.csv"));
        Link("link-by-way-of-outside.csv", Path.Combine("folder-outside", "jobs", "..", "outside.csv"));
        Link("ring", Path.Combine(_root, "ring"));

        // Each leads through the other: who followed them without counting would never come back.
        Link("half-ring", Path.Combine("other-half", "x"));
        Link("other-half", "half-ring");

        Assert.EndsWith(Sentence, Assert.Single(MistakesOf(Csv(path))), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_dots_behind_a_link_are_read_both_ways()
    {
        // For the text this is inside.csv of the root; for the operating system, which follows the link first, a file of its parent.
        Link("elsewhere", Path.Combine(_folder, "jobs-of-others"));
        string path = Path.Combine(_root, "elsewhere", "..", "inside.csv");
        string both = Path.Combine(_root, "inner", "..", "inside.csv");

        Assert.EndsWith(Sentence, Assert.Single(MistakesOf(Csv("inside.csv") with { Model = new ModelPlan { Start = path } })), StringComparison.Ordinal);
        Assert.Empty(MistakesOf(Csv("inside.csv") with { Model = new ModelPlan { Start = both } }));
    }

    [Fact]
    public void What_is_no_path_is_refused() =>
        Assert.Contains("zero character", Assert.Single(MistakesOf(Csv("in\0side.csv"))), StringComparison.Ordinal);

    [Fact]
    public void Every_key_that_names_a_file_is_looked_at()
    {
        const string Outside = "/etc/passwd";
        JobPlan inside = Csv("inside.csv");

        JobPlan[] plans =
        [
            Csv(Outside),
            inside with { Data = inside.Data with { TestPath = Outside } },
            inside with { Data = inside.Data with { Kind = DataKinds.Idx, LabelPath = Outside } },
            inside with { Data = inside.Data with { Kind = DataKinds.Idx, LabelPath = "l", TestPath = "t", TestLabelPath = Outside } },
            inside with { Data = inside.Data with { Kind = DataKinds.LibSvm, Path = Outside } },
            inside with { Data = inside.Data with { Kind = DataKinds.Text, Path = Outside } },
            inside with { Model = new ModelPlan { Kind = ModelCatalog.TorchScript, Path = Outside } },
            inside with { Model = new ModelPlan { Start = Outside } },
        ];

        Assert.All(plans, plan => Assert.StartsWith($"The job would read {Outside}, ", Assert.Single(MistakesOf(plan)), StringComparison.Ordinal));
        Assert.Empty(JobRoots.Mistakes(plans[^1], [_root], _root, isBegun: true));
        Assert.Empty(JobRoots.Mistakes(plans[0], [], _root));
    }

    [Fact]
    public async Task Who_goes_round_the_door_is_refused_by_the_job_itself()
    {
        var store = new MemoryCheckpointStore("roots-of-jobs");
        JobPlan spy = Csv("../outside.csv") with { Name = "spy" };
        StoreClaim claim = await store.ClaimAsync("spy-1", CancellationToken.None);
        await store.PublishAsync(
            claim, new CheckpointManifest { Job = "spy-1", Number = 1, Generation = claim.Generation, Plan = spy.ToJson() }, CancellationToken.None);
        await using TestGrid grid = await TestGrid.StartAsync(
            1,
            options =>
            {
                options.DataFolder = _root;
                options.JobRoots = [_root];
            },
            store);
        IJobGrain started = grid.Cluster.Client.GetGrain<IJobGrain>("spy-2");
        IJobGrain stored = grid.Cluster.Client.GetGrain<IJobGrain>("spy-1");

        SubmitAnswer submitted = await grid.Cluster.Client.GetGrain<IGridGrain>(IGridGrain.Key).Submit(spy.ToJson());
        await started.Start(spy.ToJson());
        await stored.Resume();

        Assert.Contains(submitted.Mistakes, mistake => mistake.EndsWith(Sentence, StringComparison.Ordinal));
        Assert.EndsWith(Sentence, (await TestGrid.EndOf(started)).Error, StringComparison.Ordinal);
        Assert.EndsWith(Sentence, (await TestGrid.EndOf(stored)).Error, StringComparison.Ordinal);
        Assert.Null((await store.FindAsync("spy-1", CancellationToken.None)).Manifest!.Outcome);
    }

    private string[] MistakesOf(JobPlan plan) => [.. JobRoots.Mistakes(plan, [_root], _root)];

    private static JobPlan Csv(string path) => new() { Data = new DataPlan { Kind = DataKinds.Csv, Path = path } };

    private void Link(string name, string target) => File.CreateSymbolicLink(Path.Combine(_root, name), target);
}
