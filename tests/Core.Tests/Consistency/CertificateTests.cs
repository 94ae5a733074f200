using OrleansSgd.Core.Consistency.Certificates;
using OrleansSgd.Core.Consistency.Metering;

namespace OrleansSgd.Core.Tests.Consistency;

public class CertificateTests
{
    private static readonly CertificateOptions Exact = new()
    {
        Smoothness = 2,
        SmoothnessIsExact = true,
        NoiseIsExact = true,
        LossIsExact = true,
    };

    [Fact]
    public void Parts_by_hand()
    {
        Certificate certificate = new(Exact, 0, loss: 10);
        certificate.Add(new CertificateStep(0, 0.5, 0.5, DistanceSquared: 1, Noise: 4));
        certificate.Add(new CertificateStep(1, 0.25, 0.25, DistanceSquared: 2, Noise: 4));
        certificate.Rebase(0.5);
        certificate.Cut(2, loss: 4);

        CertificateValue value = certificate.Whole;

        // A = 0.75; 2·(6 + 0.5) / A; 4·(0.5 + 0.5) / A; 2·(0.25 + 0.0625)·4 / A.
        Assert.Equal(CertificateStatus.Rigorous, value.Status);
        Assert.Equal(13 / 0.75, value.Optimisation, 12);
        Assert.Equal(4 / 0.75, value.Staleness, 12);
        Assert.Equal(2.5 / 0.75, value.Noise, 12);
        Assert.Equal(19.5 / 0.75, value.Total, 12);
        Assert.True(double.IsNaN(value.StoredView));
        Assert.Equal((0, 2, 2), (value.FirstTicket, value.EndTicket, value.StepCount));
    }

    [Fact]
    public void Round_of_p_divides_the_noise_by_p()
    {
        Certificate round = new(Exact, 0, 1);
        Certificate single = new(Exact, 0, 1);
        for (int i = 0; i < 4; i++)
        {
            round.Add(new CertificateStep(i, 0.25 / 4, 0.25, 0, 8));
        }

        single.Add(new CertificateStep(0, 0.25, 0.25, 0, 8));
        round.Cut(4, 0);
        single.Cut(1, 0);

        Assert.Equal(single.Whole.Noise / 4, round.Whole.Noise, 12);
        Assert.Equal(single.Whole.Optimisation, round.Whole.Optimisation, 12);
        Assert.Equal(2 * round.Whole.Total, round.Whole.StoredView, 12);
    }

    [Fact]
    public void Biased_form_doubles_staleness_and_adds_the_bias()
    {
        FinalisedTicket ticket = new() { Ticket = 0, Rate = 0.5, StepRate = 0.5, DistanceBoundSquared = 3, DroppedNormSquared = 0.5 };
        Certificate certificate = new(Exact with { Form = CertificateForm.Biased, Smoothness = 4 }, 0, 1);
        certificate.Add(CertificateStep.Of(ticket, noise: 9));
        certificate.Cut(1, 1);

        CertificateValue value = certificate.Whole;

        Assert.Equal((CertificateStatus.Rigorous, 96, 18, 4), (value.Status, value.Staleness, value.Noise, value.Bias));
    }

    [Fact]
    public void Momentum_is_a_larger_rate_and_a_longer_distance()
    {
        CertificateStep step = new CertificateStep(0, 0.1, 0.1, 4, 1).WithMomentum(0.5, momentumNorm: 10);

        Assert.Equal((0.2, 0.2, 9.0), (step.Rate, step.StepRate, Math.Round(step.DistanceSquared, 12)));
        Assert.Throws<ArgumentOutOfRangeException>(() => step.WithMomentum(1, 0));
    }

    [Fact]
    public void Losses_wait_for_the_tickets_before_them()
    {
        Certificate certificate = new(Exact, 0, 2);
        Assert.True(certificate.Cut(2, 1));
        Assert.False(certificate.Cut(1, 1));
        certificate.Add(new CertificateStep(0, 0.1, 0.1, 0, 1));
        Assert.Equal(CertificateStatus.Void, certificate.Whole.Status);

        certificate.Skip(1);
        Assert.Equal((CertificateStatus.Rigorous, 1L), (certificate.Whole.Status, certificate.Whole.StepCount));
        Assert.False(certificate.Cut(1, 1));
        Assert.Throws<ArgumentException>(() => certificate.Add(new CertificateStep(1, 0.1, 0.1, 0, 1)));
        Assert.Throws<ArgumentException>(() => certificate.Skip(3));
    }

    [Fact]
    public void Windows_are_made_of_the_newest_stretches()
    {
        Certificate certificate = new(Exact with { SegmentsMax = 3 }, 0, 10);
        for (int i = 0; i < 5; i++)
        {
            certificate.Add(new CertificateStep(i, 0.1, 0.1, i, 1));
            certificate.Cut(i + 1, 9 - i);
        }

        CertificateValue recent = certificate.Recent(2);
        Assert.Equal((3, 5, 2), (recent.FirstTicket, recent.EndTicket, recent.StepCount));
        Assert.Equal(2 * 2 / 0.2, recent.Optimisation, 9);
        Assert.Equal(4 * 3.5, recent.Staleness, 9);
        Assert.Equal(3, certificate.Recent(99).StepCount);
        Assert.Equal(5, certificate.Whole.StepCount);
    }

    [Fact]
    public void Noise_of_a_stretch_may_be_told_with_its_loss()
    {
        Certificate each = new(Exact, 0, 10);
        Certificate atCut = new(Exact, 0, 10);
        for (int i = 0; i < 4; i++)
        {
            each.Add(new CertificateStep(i, 0.5, 0.5, 1, Noise: 4));
            atCut.Add(new CertificateStep(i, 0.5, 0.5, 1));
        }

        each.Cut(4, 1);
        atCut.Cut(4, 1, noise: 4);

        Assert.Equal(each.Whole, atCut.Whole);
    }

    [Fact]
    public void Local_steps_weigh_as_many_steps_and_partial_ones_only_cost()
    {
        Certificate certificate = new(Exact, 0, 10);
        certificate.Add(new CertificateStep(0, 0.25, 0.5, 1, Noise: 4, StepCount: 3));
        certificate.Add(new CertificateStep(1, 0.25, 0.5, 2, Noise: 4, IsPartial: true));
        certificate.Cut(2, 4);

        // A = 0.75; 2·6 / A; 4·(0.75·1 + 0.25·2) / A; 2·(0.75·0.25 + 0.25·0.25)·4 / A.
        Assert.Equal(16, certificate.Whole.Optimisation, 12);
        Assert.Equal(5 / 0.75, certificate.Whole.Staleness, 12);
        Assert.Equal(2 / 0.75, certificate.Whole.Noise, 12);
    }

    [Fact]
    public void Loss_that_is_told_late_gives_what_it_would_have_given_at_once()
    {
        Certificate atOnce = Stretches(late: false);
        Certificate late = Stretches(late: true);

        Assert.Equal(atOnce.Whole, late.Whole);
        Assert.Equal(atOnce.Recent(1), late.Recent(1));
        Assert.Equal(CertificateStatus.Rigorous, late.Whole.Status);

        static Certificate Stretches(bool late)
        {
            Certificate certificate = new(Exact, 0, double.NaN);
            certificate.Mark();
            Tell(0, !late);
            Steps(0, 3);
            certificate.Mark();
            Tell(3, !late);
            Steps(3, 5);
            certificate.Mark();
            Tell(0, late);
            Tell(3, late);
            Tell(5, true);
            return certificate;

            void Tell(long ticket, bool now) => Assert.True(!now || certificate.Tell(ticket, 10 - ticket, 0, 2 + ticket, 3));

            void Steps(int from, int to)
            {
                for (int i = from; i < to; i++)
                {
                    certificate.Walk(0.5);
                    certificate.Rebase(0.25, held: 0.125);
                    certificate.Add(new CertificateStep(i, 0.1, 0.1, i));
                }
            }
        }
    }

    [Fact]
    public void Mark_without_a_loss_leaves_its_stretch_to_the_next_one()
    {
        Certificate marked = Stretch(true);
        Certificate plain = Stretch(false);

        Assert.Equal(plain.Whole.Total, marked.Whole.Total, 12);
        Assert.Equal(plain.Whole.Jump, marked.Whole.Jump, 12);
        Assert.False(marked.Tell(2, 9, 0, 1, 1));

        static Certificate Stretch(bool marks)
        {
            Certificate certificate = new(Exact, 0, double.NaN);
            certificate.Tell(0, 10, 0, 0, gradientNorm: 3);
            for (int i = 0; i < 5; i++)
            {
                if (i == 2 && marks)
                {
                    certificate.Mark();
                }

                certificate.Walk(0.5);
                certificate.Rebase(0.25, held: 0.125);
                certificate.Add(new CertificateStep(i, 0.1, 0.1, i));
            }

            certificate.Mark();
            certificate.Tell(5, 4, 0, 2, 3);
            return certificate;
        }
    }

    [Fact]
    public void Rise_by_a_jump_by_hand()
    {
        Certificate certificate = new(Exact, 0, double.NaN);
        certificate.Tell(0, 10, 0, 0, gradientNorm: 3);
        certificate.Walk(0.5);
        certificate.Rebase(0.25, held: 0.125);
        certificate.Add(new CertificateStep(0, 0.1, 0.1, 0, 0));
        certificate.Mark();
        certificate.Tell(1, 9, 0, 0, 3);

        // δ = 1/4: (3 + L·(1/2 + 1/8))·δ + L·δ² / 2 with L = 2.
        Assert.Equal((4.25 * 0.25) + 0.0625, certificate.Whole.Jump, 12);
    }

    [Fact]
    public void What_the_end_does_not_know_is_void()
    {
        Assert.Contains("L is not known", At(double.NaN, 1, 1), StringComparison.Ordinal);
        Assert.Contains("half-batches", At(1, double.NaN, 1), StringComparison.Ordinal);
        Assert.Contains("was not measured", At(1, 1, double.NaN), StringComparison.Ordinal);
        Assert.Contains("Estimated", At(1, 1, 1), StringComparison.Ordinal);

        static string At(double smoothness, double noise, double gradientNorm)
        {
            Certificate certificate = new(new CertificateOptions { Smoothness = smoothness }, 0, double.NaN);
            certificate.Tell(0, 10, 0, 0, gradientNorm);
            certificate.Rebase(0.5, held: 0);
            certificate.Add(new CertificateStep(0, 0.1, 0.1, 0));
            certificate.Mark();
            certificate.Tell(1, 9, 0, noise, 1);
            return certificate.Whole.Reason;
        }
    }

    [Fact]
    public void What_does_not_hold_is_void_and_says_why()
    {
        Void("α·L is 2", Exact, new CertificateStep(0, 1, 1, 0, 1));
        Void("Adam", Exact with { NotCovered = "Adam rescales coordinates by their history, which no form covers." }, new CertificateStep(0, 0.1, 0.1, 0, 1));
        Void("ticket 0 is not known", Exact, new CertificateStep(0, 0.1, 0.1, double.NaN, 1));
        Void("ticket 0 is not known", Exact, new CertificateStep(0, 0.1, 0.1, 0, double.PositiveInfinity));
        Void("biased form", Exact, new CertificateStep(0, 0.1, 0.1, 0, 1, BiasSquared: 1));
        Void("no bound", Exact, new CertificateStep(0, 0.1, 0.1, 0, 1), certificate => certificate.Rebase(double.PositiveInfinity));
        Void("lost without", Exact, new CertificateStep(0, 0.1, 0.1, 0, 1), certificate => certificate.Break("Gradients were lost without a trace."));
        Void("diverged", Exact, new CertificateStep(0, 0.1, 0.1, 0, 1), loss: double.NegativeInfinity);
        Void("below 0", Exact, new CertificateStep(0, 0.1, 0.1, 0, 1), loss: 100);
        Assert.Throws<ArgumentException>(() => new Certificate(Exact with { Smoothness = 0 }, 0, 1));
    }

    [Fact]
    public void Estimates_make_it_statistical()
    {
        Statistical("L.", Exact with { SmoothnessIsExact = false });
        Statistical("noise.", Exact with { NoiseIsExact = false });
        Statistical("distance (sketches).", Exact with { DistanceIsEstimated = true });
        Statistical("loss.", Exact, lossError: 0.1);
    }

    [Fact]
    public void Independent_estimate_above_it_falsifies_it()
    {
        Certificate certificate = new(Exact, 0, 1);
        certificate.Add(new CertificateStep(0, 0.1, 0.1, 0, 0));
        certificate.Cut(1, 0.9);
        CertificateValue value = certificate.Whole;

        Assert.Equal(2, value.Total, 9);
        Assert.Equal(FalsificationVerdict.Consistent, value.Against(2.3, 0.1).Verdict);
        Assert.Equal(FalsificationVerdict.Falsified, value.Against(2.5, 0.1).Verdict);
        Assert.Equal(FalsificationVerdict.NotTested, value.Against(double.NaN, 0.1).Verdict);
        Assert.Equal(FalsificationVerdict.NotTested, new Certificate(Exact, 0, 1).Whole.Against(1, 0.1).Verdict);
    }

    [Fact]
    public void Evaluations_that_wait_have_a_limit()
    {
        Certificate certificate = new(Exact, 0, 1);
        for (int i = 1; i <= Certificate.CutsMax; i++)
        {
            certificate.Cut(i, 1);
        }

        Assert.Throws<InvalidOperationException>(() => certificate.Cut(1000, 1));
    }

    private static void Void(string reason, CertificateOptions options, CertificateStep step, Action<Certificate>? also = null, double loss = 0.5)
    {
        Certificate certificate = new(options, 0, 1);
        certificate.Add(step);
        also?.Invoke(certificate);
        certificate.Cut(1, loss);
        Assert.Equal(CertificateStatus.Void, certificate.Whole.Status);
        Assert.True(double.IsNaN(certificate.Whole.Total));
        Assert.Contains(reason, certificate.Whole.Reason, StringComparison.Ordinal);
        Assert.StartsWith("VOID", certificate.Whole.ToString(), StringComparison.Ordinal);
    }

    private static void Statistical(string reason, CertificateOptions options, double lossError = 0)
    {
        Certificate certificate = new(options, 0, 1, lossError);
        certificate.Add(new CertificateStep(0, 0.1, 0.1, 0, 1));
        certificate.Cut(1, 0.5);
        Assert.Equal((CertificateStatus.Statistical, $"Estimated: {reason}"), (certificate.Whole.Status, certificate.Whole.Reason));
    }
}
