namespace OrleansSgd.Core.Consistency.Certificates;

/// <summary>The sums of one stretch between two evaluations of the loss. They add.</summary>
internal struct CertificateSums
{
    public long FirstTicket;
    public long EndTicket;
    public long StepCount;
    public double LossStart;
    public double LossStartError;

    /// <summary>‖∇f‖ where the stretch starts; NaN when it was not measured.</summary>
    public double GradientStart;
    public double LossEnd;
    public double LossEndError;
    public double Weight;
    public double Distance;
    public double Noise;
    public double Bias;
    public double Jump;
    public double RateMax;

    /// <summary>Σ of the noise's factors of those steps whose noise is said when the stretch closes.</summary>
    public double NoiseWeight;

    /// <summary>The part of J that is multiplied by L when the certificate is read.</summary>
    public double JumpPerSmoothness;

    /// <summary>Σδ of the re-basings whose rise is bounded by the gradient at the start of the stretch.</summary>
    public double RebasedDistance;

    /// <summary>How far x went at most since the start of the stretch.</summary>
    public double PathLength;

    /// <summary>True when the stretch closed without a noise for the steps that wait for one.</summary>
    public bool NoiseIsUnknown;

    /// <summary>The first ticket with a number that is not known or not finite; −1 for none.</summary>
    public long UnknownTicket;

    /// <summary>Why the stretch proves nothing; null when it may.</summary>
    public string? Broken;

    public CertificateSums(long ticket, double loss, double lossError, double gradientNorm = double.NaN)
    {
        FirstTicket = EndTicket = ticket;
        LossStart = loss;
        LossStartError = lossError;
        GradientStart = gradientNorm;
        LossEnd = double.NaN;
        UnknownTicket = -1;
    }

    public void Add(in CertificateStep step, CertificateForm form)
    {
        EndTicket = step.Ticket + 1;
        StepCount++;
        bool noiseComes = double.IsNaN(step.Noise);
        double stepNoise = noiseComes ? 0 : step.Noise;
        bool known = double.IsFinite(step.Rate + step.StepRate + step.DistanceSquared + stepNoise + step.BiasSquared)
            && Math.Min(Math.Min(step.Rate, step.StepRate), Math.Min(step.DistanceSquared, Math.Min(stepNoise, step.BiasSquared))) >= 0;
        if (!known)
        {
            UnknownTicket = UnknownTicket < 0 ? step.Ticket : UnknownTicket;
            return;
        }

        // Rounds: the noises of p gradients are independent, so each counts with its own rate squared; their second moments are not.
        double noiseRate = form == CertificateForm.Unbiased ? step.Rate : step.StepRate;
        double weight = step.Rate * step.StepCount;
        Weight += step.IsPartial ? 0 : weight;
        Distance += weight * step.DistanceSquared;
        Noise += weight * noiseRate * stepNoise;
        NoiseWeight += noiseComes ? weight * noiseRate : 0;
        Bias += weight * step.BiasSquared;
        RateMax = Math.Max(RateMax, step.StepRate);
    }

    /// <summary>x was moved by at most δ: the loss rose by at most (‖∇f(start)‖ + L·way)·δ + L·δ² / 2.</summary>
    /// <param name="held">What is between the parameters and x just before: residuals are part of the way.</param>
    public void Rebase(double distance, double held)
    {
        JumpPerSmoothness += distance * (PathLength + held + (distance / 2));
        RebasedDistance += distance;
        PathLength += distance;
    }

    /// <summary>Takes in what followed without a loss in between.</summary>
    public void Merge(in CertificateSums next)
    {
        JumpPerSmoothness += next.RebasedDistance * PathLength;
        RebasedDistance += next.RebasedDistance;
        PathLength += next.PathLength;
        NoiseWeight += next.NoiseWeight;
        Append(next);
    }

    /// <summary>The stretch ends with this loss.</summary>
    /// <param name="noise">σ² or M² of the steps that wait for it.</param>
    public void Close(double loss, double lossError, double noise)
    {
        if (RebasedDistance > 0)
        {
            double rise = RebasedDistance * GradientStart;
            Jump += double.IsFinite(rise) ? rise : 0;
            Broken ??= double.IsFinite(rise)
                ? null
                : $"x was re-based between tickets {FirstTicket} and {EndTicket}, and the gradient at {FirstTicket} that bounds the rise was not measured.";
        }

        LossEnd = loss;
        LossEndError = lossError;
        if (NoiseWeight > 0)
        {
            bool known = double.IsFinite(noise) && noise >= 0;
            NoiseIsUnknown = !known;
            Noise += known ? NoiseWeight * noise : 0;
            NoiseWeight = 0;
        }
    }

    /// <summary>Appends the closed stretch that follows this one.</summary>
    public void Append(in CertificateSums next)
    {
        EndTicket = next.EndTicket;
        StepCount += next.StepCount;
        LossEnd = next.LossEnd;
        LossEndError = next.LossEndError;
        Weight += next.Weight;
        Distance += next.Distance;
        Noise += next.Noise;
        Bias += next.Bias;
        Jump += next.Jump;
        JumpPerSmoothness += next.JumpPerSmoothness;
        NoiseIsUnknown |= next.NoiseIsUnknown;
        RateMax = Math.Max(RateMax, next.RateMax);
        UnknownTicket = UnknownTicket < 0 ? next.UnknownTicket : UnknownTicket;
        Broken ??= next.Broken;
    }
}
