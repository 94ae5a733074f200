using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Runs;
using OrleansSgd.Simulator;
using Xunit.Abstractions;

namespace OrleansSgd.Experiments.Tests.Simulator;

/// <summary>Goal: a shard may die at any moment and the certificate still holds. Method: kills drawn from 120 seeds a mode, x followed apart.</summary>
public sealed class ShardKillTests(ITestOutputHelper output)
{
    private const int Seeds = 120;

    [Theory]
    [InlineData(RunPlan.Async, false)]
    [InlineData(RunPlan.Async, true)]
    [InlineData(RunPlan.Bsp, false)]
    public void Shard_killed_at_random_leaves_the_certificate_true_and_conservation_clean(string mode, bool withWorkers)
    {
        List<string> mistakes = [];
        List<string> reasons = [];
        long lost = 0;
        int shards = 0;
        int certified = 0;
        double jump = 0;
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            var random = new SeededRandom(seed, 77);
            long[] kills = [.. Enumerable.Range(0, 1 + random.NextInt(3)).Select(_ => (long)(10 + random.NextInt(280)))];
            ChurnPlan churn = withWorkers ? ChurnPlan.None with { SiloKills = kills } : ChurnPlan.None with { ShardKills = kills };
            CodecPlan codec = seed % 2 == 0 ? new CodecPlan() : RunPlans.TopK(0.25);
            SimulationResult run = TrainingSimulation.Run(CertificateTruthTests.Plan("quadratic", mode, codec, churn, seed));

            mistakes.AddRange(CertificateCheck.Mistakes(run, noise: 1));
            lost += run.Totals.UpdatesLost;
            shards += run.Totals.ShardsLost;
            if (!CertificateCheck.IsCertified(run))
            {
                reasons.Add($"seed {seed}: {run.Report.Certificate.Reason}");
            }

            certified += CertificateCheck.IsCertified(run) ? 1 : 0;
            jump += CertificateCheck.IsCertified(run) ? run.Report.Certificate.Jump : 0;
        }

        output.WriteLine($"{mode}{(withWorkers ? ", workers too" : "")}: {shards} shards killed in {Seeds} runs, {lost} updates lost, {certified} certified, J {jump / Math.Max(1, certified):g3} in the mean");
        Assert.True(mistakes.Count == 0, string.Join('\n', mistakes.Take(20)));
        Assert.True(shards >= Seeds, $"only {shards} shards died");
        // Two deaths within one update, first of the shard that had it and then of the worker that owned it, leave nobody who knows: VOID, and it says so.
        Assert.All(reasons, reason => Assert.Contains("died with a shard and then with worker", reason, StringComparison.Ordinal));
        Assert.True(certified >= (withWorkers ? Seeds * 9 / 10 : Seeds), $"only {certified} of {Seeds} runs have a certificate: {string.Join('\n', reasons)}");

        // A shard that dies alone loses nothing: somebody who lives has its newest slice, or still holds the update that is not in it.
        Assert.Equal(withWorkers, lost > 0);
        Assert.Equal(withWorkers, jump > 0);
    }
}
