using OrleansSgd.Grains.Compute;

namespace OrleansSgd.Cluster.Tests.Parts;

public sealed class ThreadShareTests
{
    [Fact]
    public void Workers_times_threads_inside_are_never_more_than_the_processors_unless_the_silos_are()
    {
        for (int processors = 1; processors <= 24; processors++)
        {
            for (int silos = 1; silos <= 24; silos++)
            {
                for (int workers = 1; workers <= 30; workers++)
                {
                    ThreadShare share = ThreadShare.Of(processors, silos, workers);
                    int used = share.ComputeThreads * share.IntraOpThreads * silos;

                    Assert.True(share.ComputeThreads >= 1 && share.IntraOpThreads >= 1);
                    Assert.True(used <= Math.Max(processors, silos), $"{processors} processors, {silos} silos, {workers} workers: {used}");
                }
            }
        }
    }

    [Theory]
    [InlineData(2, 1, 1, 1, 2)]
    [InlineData(2, 1, 2, 2, 1)]
    [InlineData(2, 2, 2, 1, 1)]
    [InlineData(2, 3, 4, 1, 1)]
    [InlineData(16, 2, 4, 2, 4)]
    [InlineData(16, 1, 100, 16, 1)]
    public void Workers_have_a_thread_each_before_any_has_two(int processors, int silos, int workers, int compute, int intraOp) =>
        Assert.Equal(new ThreadShare(compute, intraOp), ThreadShare.Of(processors, silos, workers));

    [Fact]
    public void Gradients_of_one_thread_share_the_machine_as_ever() => Assert.Equal(new ThreadShare(4, 1), ThreadShare.Of(8, 2));
}
