using OrleansSgd.Core.Consistency.Certificates;
using OrleansSgd.Core.Consistency.Metering;
using OrleansSgd.Core.Randomness;

namespace OrleansSgd.Core.Tests.Consistency;

/// <summary>Goal: the certificate is never below the truth. Method: quadratics, where L, c, σ², f and ‖∇f‖ are known exactly.</summary>
public class CertificateProperties
{
    private const int Tickets = 1600;
    private const double Rate = 1.0 / 40; // 1/√Tickets, which T1 asks for; 1600 ≥ 36·L².
    private static readonly Quadratic Problem = new(12, 0.2, 1, 0.5);

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Single_step_certificate_bounds_the_true_average_and_the_paper_form_is_larger(int topK) => SeedLaw.ForAll(seed =>
    {
        AsyncResult run = Run(seed, topK);
        List<FinalisedTicket> tickets = run.Measure();
        CertificateValue value = Certify(run, tickets).Whole;
        double truth = run.GradientsSquared.Average();
        double bound = Math.Sqrt(tickets.Max(ticket => ticket.GapBound));
        double paper = PaperForms.NonConvexSingle(Tickets, run.Losses[0], Problem.Smoothness, bound, Problem.Noise);

        Assert.Equal(CertificateStatus.Rigorous, value.Status);
        Assert.True(value.Total >= truth, $"Certificate {value.Total}, truth {truth}.");
        Assert.True(paper > value.Total, $"Paper form {paper}, certificate {value.Total}.");
        double stored = run.Steps.Average(step => Problem.GradientSquared(step.View));
        Assert.True(value.StoredView >= stored, $"Certificate of stored views {value.StoredView}, truth {stored}.");
        Assert.NotEqual(FalsificationVerdict.Falsified, value.Against(truth, 0).Verdict);
    });

    [Fact]
    public void Biased_certificate_bounds_the_true_average_without_error_feedback() => SeedLaw.ForAll(seed =>
    {
        (double truth, CertificateValue value) = RunBiased(seed);
        Assert.True(value.Total >= truth, $"Certificate {value.Total}, truth {truth}.");
    });

    [Fact]
    public void Leaving_out_the_bias_of_a_biased_codec_is_void() => SeedLaw.ForAll(seed =>
        Assert.Equal(CertificateStatus.Void, RunBiased(seed, CertificateForm.Unbiased).Value.Status));

    [Fact]
    public void Round_certificate_bounds_the_true_average_with_missing_gradients() => SeedLaw.ForAll(seed =>
    {
        RoundRun run = new(seed, slots: 6, rounds: 400, Problem);
        Assert.True(run.Certificate.Whole.Total >= run.TruthMean, $"Certificate {run.Certificate.Whole.Total}, truth {run.TruthMean}.");
        Assert.True(run.Recursion.DistanceSquared >= run.OptimumDistance);
        double paper = PaperForms.NonConvexParallel(400, 6, run.LossStart, 1, run.BoundMax, Problem.Noise);
        Assert.True(paper > run.Certificate.Whole.Total, $"Paper form {paper}, certificate {run.Certificate.Whole.Total}.");
    });

    [Fact]
    public void Strongly_convex_recursion_bounds_the_distance_to_the_optimum() => SeedLaw.ForAll(seed =>
    {
        AsyncResult run = Run(seed, 0);
        List<FinalisedTicket> tickets = run.Measure();
        StronglyConvexRecursion recursion = new(Problem.Convexity, Problem.Smoothness, run.OptimumDistances[0]);
        for (int i = 0; i < tickets.Count; i++)
        {
            // One path scatters around its expectation; after a few hundred steps the recursion is far above both.
            Assert.True(i < 200 || recursion.DistanceSquared >= run.OptimumDistances[i], $"Ticket {i}: {recursion.DistanceSquared} < {run.OptimumDistances[i]}.");
            recursion.Step(tickets[i].StepRate, tickets[i].DistanceBoundSquared, Problem.Noise);
        }

        double bound = Math.Sqrt(tickets.Max(ticket => ticket.GapBound));
        double closed = StronglyConvexRecursion.ClosedForm(0.2, 1, run.OptimumDistances[0], Rate, tickets.Count, bound, Problem.Noise);
        double paper = PaperForms.StronglyConvexSingle(tickets.Count, run.OptimumDistances[0], 0.2, 1, bound, Problem.Noise);
        Assert.True(recursion.DistanceSquared <= closed);
        Assert.True(recursion.DistanceSquared < paper, $"Paper form {paper}, recursion {recursion.DistanceSquared}.");
    });

    [Fact]
    public void Understated_constants_are_falsified_by_the_true_gradient_norm()
    {
        // Planted: L a hundred times too small and no noise, on the second half of the run, where the loss no longer falls.
        const int First = Tickets / 2;
        SeedLaw.ForAll(seed =>
        {
            AsyncResult run = Run(seed, 0, noise: 4);
            Certificate certificate = new(new CertificateOptions { Smoothness = 0.01 }, First, run.Losses[First]);
            foreach (FinalisedTicket ticket in run.Measure().Skip(First).SkipLast(1))
            {
                certificate.Add(CertificateStep.Of(ticket, 0));
            }

            certificate.Cut(certificate.NextTicket, run.Losses[^1]);
            CertificateValue value = certificate.Whole;
            Assert.True(
                value.Status == CertificateStatus.Void
                || value.Against(run.GradientsSquared.Skip(First).Average(), 0).Verdict == FalsificationVerdict.Falsified,
                value.ToString());
        });
    }

    [Fact]
    public void Recursion_refuses_rates_it_does_not_cover()
    {
        StronglyConvexRecursion recursion = new(0.5, 2, 1);
        recursion.Step(0.3, 0, 1);
        Assert.True(double.IsNaN(recursion.DistanceSquared));
        Assert.True(double.IsNaN(PaperForms.NonConvexSingle(35, 1, 1, 1, 1)));
        Assert.True(double.IsNaN(PaperForms.NonConvexParallel(100, 8, 1, 1, 1, 1)));
        Assert.True(double.IsNaN(PaperForms.StronglyConvexSingle(20, 1, 0.2, 1, 1, 1)));
        Assert.True(double.IsNaN(PaperForms.StronglyConvexParallel(20, 4, 1, 0.2, 1, 1, 1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StronglyConvexRecursion(2, 1, 1));
    }

    [Fact]
    public void Sharp_forms_are_below_the_papers_for_every_bound() => SeedLaw.ForAll(seed =>
    {
        SeededRandom random = new(seed);
        double bound = 20 * random.NextDouble();
        double gap = random.NextDouble();
        long steps = 100 + random.NextInt(10_000);
        double rate = 1 / Math.Sqrt(steps);
        double sharp = (2 * gap * rate) + (bound * bound / steps) + (rate * 2);
        Assert.True(sharp < PaperForms.NonConvexSingle(steps, gap, 1, bound, 2));
    });

    private static AsyncResult Run(ulong seed, int topK, double noise = 0.5) => AsyncRun.Of(new AsyncPlan
    {
        Seed = seed,
        Problem = noise == Problem.Noise ? Problem : new Quadratic(12, 0.2, 1, noise),
        Tickets = Tickets,
        Rate = _ => Rate,
        TopK = topK,
        Workers = 4,
        Shards = 2,
    });

    private static Certificate Certify(AsyncResult run, List<FinalisedTicket> tickets)
    {
        Certificate certificate = new(
            new CertificateOptions { Smoothness = Problem.Smoothness, SmoothnessIsExact = true, NoiseIsExact = true, LossIsExact = true }, 0, run.Losses[0]);
        foreach (FinalisedTicket ticket in tickets.Take(tickets.Count - 1))
        {
            certificate.Add(CertificateStep.Of(ticket, Problem.Noise));
            if (ticket.Ticket % 100 == 99)
            {
                certificate.Cut(ticket.Ticket + 1, run.Losses[(int)ticket.Ticket + 1]);
            }
        }

        certificate.Cut(certificate.NextTicket, run.Losses[^1]);
        return certificate;
    }

    // Top-k that drops for good, always on a fresh view: the bias is all there is.
    private static (double Truth, CertificateValue Value) RunBiased(ulong seed, CertificateForm form = CertificateForm.Biased)
    {
        SeededRandom random = new(seed);
        double[] x = [.. Enumerable.Repeat(1.0, Problem.Dimension)];
        double[] gradient = new double[x.Length];
        Certificate certificate = new(new CertificateOptions { Smoothness = 1, Form = form }, 0, Problem.Loss(x));
        double truth = 0;
        for (int t = 0; t < 800; t++)
        {
            truth += Problem.GradientSquared(x) / 800;
            Problem.Gradient(x, random, gradient);
            int[] order = [.. Enumerable.Range(0, x.Length).OrderByDescending(i => Math.Abs(gradient[i]))];
            double sent = order.Take(3).Sum(i => gradient[i] * gradient[i]);
            double dropped = order.Skip(3).Sum(i => gradient[i] * gradient[i]);
            foreach (int i in order.Take(3))
            {
                x[i] -= Rate * gradient[i];
            }

            FinalisedTicket ticket = new() { Ticket = t, Rate = Rate, StepRate = Rate, DroppedNormSquared = Rate * Rate * dropped };
            certificate.Add(CertificateStep.Of(ticket, sent));
        }

        certificate.Cut(800, Problem.Loss(x));
        return (truth, certificate.Whole);
    }
}
