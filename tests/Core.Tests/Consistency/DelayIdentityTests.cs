using OrleansSgd.Core.Consistency.Metering;
using OrleansSgd.Core.Randomness;

namespace OrleansSgd.Core.Tests.Consistency;

public class DelayIdentityTests
{
    [Fact]
    public void Delays_and_open_ages_make_up_the_concurrency() => SeedLaw.ForAll(seed => Assert.Equal(0, Simulate(seed, report: delay => delay).Discrepancy));

    [Fact]
    public void Under_reported_delays_are_caught() =>
        SeedLaw.ForAll(seed => Assert.True(Simulate(seed, report: delay => Math.Max(0, delay - 1)).Discrepancy < 0));

    [Fact]
    public void Leaving_out_open_jobs_makes_delays_look_small()
    {
        DelayIdentity identity = new();
        identity.Begin(0);
        identity.Begin(1);
        identity.Update(1, 0);
        identity.Begin(1);
        identity.Update(1, 0);

        Assert.Equal((0, 2, 2, 0), (identity.ReportedSum, identity.OpenAgeSum, identity.ConcurrencySum, identity.Discrepancy));
    }

    private static DelayIdentity Simulate(ulong seed, Func<long, long> report)
    {
        SeededRandom random = new(seed);
        DelayIdentity identity = new();
        long?[] begun = new long?[6];
        for (int i = 0; i < 400; i++)
        {
            int worker = random.NextInt(begun.Length);
            if (begun[worker] is not { } at)
            {
                identity.Begin(worker);
                begun[worker] = identity.UpdateCount;
            }
            else if (random.NextInt(20) == 0)
            {
                identity.Abandon(worker);
                begun[worker] = null;
            }
            else
            {
                identity.Update(worker, report(identity.UpdateCount - at));
                begun[worker] = null;
            }
        }

        return identity;
    }
}
