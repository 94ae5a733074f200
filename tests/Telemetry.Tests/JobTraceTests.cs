using System.Security.Cryptography;
using System.Text;

namespace OrleansSgd.Telemetry.Tests;

public sealed class JobTraceTests
{
    [Fact]
    public void Silos_agree_on_a_jobs_trace_without_talking()
    {
        Assert.Equal(new JobTrace("mnist-1", "grid").Id, new JobTrace("mnist-1", "grid").Id);
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes("grid\0mnist-1"));
        Assert.Equal(Convert.ToHexStringLower(hash)[..32], new JobTrace("mnist-1", "grid").Id.ToHexString());
    }

    [Fact]
    public void Jobs_of_one_name_in_two_clusters_have_traces_of_their_own() =>
        Assert.NotEqual(new JobTrace("mnist-1", "a").Id, new JobTrace("mnist-1", "b").Id);

    [Fact]
    public void Only_spans_of_the_job_are_kept()
    {
        JobTrace one = new("mnist-1", "a");
        JobTrace same = new("mnist-1", "b");
        JobTrace other = new("mnist-2", "a");
        using var caughtOne = new SpanCatch(one);
        using var caughtSame = new SpanCatch(same);
        foreach (JobTrace job in new[] { one, same, other, one })
        {
            new OrleansSgd.Telemetry.Spans.JobSpans(job).Checkpoint(System.Diagnostics.Stopwatch.GetTimestamp(), 1, 1);
        }

        Assert.Equal(2, caughtOne.Spans().Count(span => span.TraceId == one.Id.ToHexString()));
        Assert.Equal(same.Id.ToHexString(), Assert.Single(caughtSame.Spans()).TraceId);
    }
}
