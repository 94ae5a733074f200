using System.Text.Json;
using OrleansSgd.Client.JobFiles;
using OrleansSgd.Testing;

namespace OrleansSgd.Client.Tests.JobFiles;

public sealed class JobFileTextTests
{
    public static TheoryData<string> Jobs => [.. Directory.GetFiles(RepositoryRoot.PathOf("jobs"), "*.yaml").Select(path => Path.GetFileName(path)!)];

    [Theory]
    [MemberData(nameof(Jobs))]
    public void A_plan_written_as_a_job_file_is_the_same_plan_when_it_is_read(string name)
    {
        JobFileOutcome job = JobFile.Read(RepositoryRoot.PathOf("jobs/" + name));
        using var plan = JsonDocument.Parse(job.Plan!.ToJson());

        JobFileOutcome again = JobFile.Parse(JobFileText.Of(plan.RootElement, job.Silos), "again.yaml").Finish();

        Assert.Empty(again.Mistakes);
        Assert.Equal((job.Plan.ToJson(), job.Silos), (again.Plan!.ToJson(), again.Silos));
    }

    [Fact]
    public void What_has_its_default_is_left_out()
    {
        JobFileOutcome job = JobFile.Parse("data: {kind: mnist}\nbatch: 32\ncodec: {kind: top-k, fraction: 0.01}", "a.yaml").Finish();
        using var plan = JsonDocument.Parse(job.Plan!.ToJson());

        Assert.Equal(
            "data:\n  kind: \"mnist\"\nsilos: 1\nbatch: 32\ncodec:\n  kind: \"top-k\"\n  fraction: 0.01\n", JobFileText.Of(plan.RootElement, 1));
    }
}
