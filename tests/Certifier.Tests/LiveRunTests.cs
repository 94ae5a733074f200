using OrleansSgd.Certifier.Tests.Traces;
using OrleansSgd.Core.Consistency.Monitoring;

namespace OrleansSgd.Certifier.Tests;

/// <summary>What the live monitor showed and the real writer wrote, the certifier finds again.</summary>
public sealed class LiveRunTests
{
    private const int SeedCount = 100;

    [Fact]
    public void Trace_of_the_real_writer_certifies_with_the_figures_of_the_live_monitor()
    {
        string folder = Directory.CreateTempSubdirectory("live-").FullName;
        try
        {
            for (int seed = 1; seed <= SeedCount; seed++)
            {
                var shape = new RunShape { HasLosses = false, HasHeldMass = seed % 2 == 0, IsBiased = seed % 5 == 0 };
                RandomRun run = RandomRun.Of(seed, shape);
                string path = Path.Combine(folder, $"{seed}.jsonl");
                MonitorReport report = LiveRun.Write(run.Model, path);
                Assert.True(report.Alarms.Count == 0, $"Seed {seed}: {string.Join('\n', report.Alarms)}");
                Certification again = TraceCertifier.Certify(new CertifyRequest([path]));
                CleanRunTests.AssertClean(again, seed);
                Near(report.GapMean, again.GapMean, seed);
                Near(report.BoundPredicted.Value, again.BoundPredicted, seed);
                Near(report.Certificate.Total, again.Certificate!.Value, seed);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Losses_are_certified_as_the_live_monitor_saw_them()
    {
        string folder = Directory.CreateTempSubdirectory("live-").FullName;
        try
        {
            int losses = 0;
            for (int seed = 1; seed <= SeedCount; seed++)
            {
                RandomRun run = RandomRun.Of(seed, new RunShape { LosesOnlyWhatWasTold = true });
                string path = Path.Combine(folder, $"{seed}.jsonl");
                MonitorReport report = LiveRun.Write(run.Model, path);
                if (report.Alarms.Count > 0)
                {
                    // A run that the monitor broke off from its ledger proves nothing, live or here.
                    continue;
                }

                losses += run.Model.Ledger.OfType<ModelRestore>().Any() ? 1 : 0;
                CleanRunTests.AssertClean(TraceCertifier.Certify(new CertifyRequest([path])), seed);
            }

            Assert.True(losses > 10, $"Only {losses} runs had a loss and no alarm: the runs test little.");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Near(double expected, double actual, int seed) => Assert.True(
        expected.Equals(actual) || Math.Abs(expected - actual) <= 1e-10 * Math.Max(1, Math.Abs(expected)),
        $"Seed {seed}: {expected:r} live, {actual:r} again.");
}
