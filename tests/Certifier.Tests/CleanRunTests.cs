using OrleansSgd.Certifier.Tests.Traces;

namespace OrleansSgd.Certifier.Tests;

/// <summary>A whole trace certifies, and its figures are those that plain sets give.</summary>
public sealed class CleanRunTests
{
    private const int SeedCount = 150;

    [Fact]
    public void Whole_random_run_certifies_with_the_figures_of_plain_sets()
    {
        int restores = 0;
        int held = 0;
        for (int seed = 1; seed <= SeedCount; seed++)
        {
            var shape = new RunShape { HasHeldMass = seed % 3 == 0, HasLosses = seed % 2 == 0, IsBiased = seed % 5 == 0 };
            var run = RandomRun.Of(seed, shape);
            PlainFigures.Of(run.Model, run.Updates);
            Certification again = TraceFiles.Certify(run.Model);
            AssertClean(again, seed);
            AssertFigures(run.Model, again, seed);
            restores += run.Model.Ledger.OfType<ModelRestore>().Count();
            held += run.Model.Figures["certificate.jump"] > 0 ? 1 : 0;
        }

        Assert.True(restores > 20 && held > 20, $"Only {restores} restores and {held} runs with jumps: the runs test little.");
    }

    [Fact]
    public void Whole_synchronous_run_certifies_with_the_figures_of_plain_sets()
    {
        for (int seed = 1; seed <= SeedCount; seed++)
        {
            TraceModel model = RoundRun.Of(seed);
            Certification again = TraceFiles.Certify(model);
            AssertClean(again, seed);
            AssertFigures(model, again, seed);
        }
    }

    [Fact]
    public void Exact_distances_do_not_exceed_their_bounds()
    {
        for (int seed = 1; seed <= SeedCount; seed++)
        {
            var run = RandomRun.Of(seed);
            PlainFigures figures = PlainFigures.Of(run.Model, run.Updates);
            foreach ((ModelRow row, _, _) in figures.Steps)
            {
                run.Model.Ledger.Add(new ModelAudit(row.Ticket, figures.ExactSquared[row.Ticket]));
            }

            AssertClean(TraceFiles.Certify(run.Model), seed);
        }
    }

    [Fact]
    public void Trace_of_one_silo_certifies_together_with_that_of_another()
    {
        var run = RandomRun.Of(3);
        PlainFigures.Of(run.Model, run.Updates);
        List<string> lines = TraceText.Lines(run.Model);
        using var files = new TraceFiles();
        string shards = files.Add(lines.Where(line => line.Contains("ledger.applied", StringComparison.Ordinal)));
        string job = files.Add(lines.Where(line => !line.Contains("ledger.applied", StringComparison.Ordinal)));
        AssertClean(TraceCertifier.Certify(new CertifyRequest([shards, job])), 3);
        Certification alone = TraceCertifier.Certify(new CertifyRequest([job]));
        Assert.Equal(CertifyVerdict.Unreadable, alone.Verdict);
        Assert.Contains("give the trace of the silo", alone.Damage, StringComparison.Ordinal);
    }

    [Fact]
    public void Order_of_lines_does_not_matter_since_sequences_do()
    {
        var run = RandomRun.Of(5);
        PlainFigures.Of(run.Model, run.Updates);
        string[] lines = [.. TraceText.Lines(run.Model)];
        int open = Array.FindIndex(lines, line => line.Contains("ledger.open", StringComparison.Ordinal));
        new Random(1).Shuffle(lines.AsSpan(open + 1));
        Certification again = TraceFiles.Certify(lines);
        AssertClean(again, 5);
        AssertFigures(run.Model, again, 5);
    }

    internal static void AssertClean(Certification again, int seed)
    {
        Assert.True(again.Damage.Length == 0, $"Seed {seed}: {again.Damage}");
        Assert.True(again.FindingCount == 0, $"Seed {seed}: {string.Join('\n', again.Findings.Take(5))}");
        Assert.True(again.ExactlyOnce);
        Assert.Contains(again.Verdict, new[] { CertifyVerdict.Holds, CertifyVerdict.Void });
    }

    private static void AssertFigures(TraceModel model, Certification again, int seed)
    {
        Near(model.Figures["delay_mean"], again.DelayMean, seed);
        Near(model.Figures["gap_mean"], again.GapMean, seed);
        Near(model.Figures["bound_predicted"], again.BoundPredicted, seed);
        Near(model.Figures["certificate.value"], again.Certificate!.Value, seed);
        Near(model.Figures["certificate.optimisation"], again.Certificate.Optimisation, seed);
        Near(model.Figures["certificate.staleness"], again.Certificate.Staleness, seed);
        Near(model.Figures["certificate.noise"], again.Certificate.Noise, seed);
        Near(model.Figures["certificate.bias"], again.Certificate.Bias, seed);
        Near(model.Figures["certificate.jump"], again.Certificate.Jump, seed);
    }

    // Sums of a few hundred doubles in another order.
    private static void Near(double expected, double actual, int seed) => Assert.True(
        expected.Equals(actual) || Math.Abs(expected - actual) <= 1e-10 * Math.Max(1, Math.Abs(expected)),
        $"Seed {seed}: {expected:r} expected, {actual:r} found.");
}
