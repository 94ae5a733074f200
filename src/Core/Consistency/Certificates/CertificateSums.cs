namespace OrleansSgd.Core.Consistency.Certificates;

/// <summary>The sums of one stretch between two evaluations of the loss. They add.</summary>
internal struct CertificateSums
{
    public long FirstTicket;
    public long EndTicket;
    public long StepCount;
    public double LossStart;
    public double LossStartError;
    public double LossEnd;
    public double LossEndError;
    public double Weight;
    public double Distance;
    public double Noise;
    public double Bias;
    public double Jump;
    public double RateMax;

    /// <summary>The first ticket with a number that is not known or not finite; −1 for none.</summary>
    public long UnknownTicket;

    /// <summary>Why the stretch proves nothing; null when it may.</summary>
    public string? Broken;

    public CertificateSums(long ticket, double loss, double lossError)
    {
        FirstTicket = EndTicket = ticket;
        LossStart = loss;
        LossStartError = lossError;
        LossEnd = double.NaN;
        UnknownTicket = -1;
    }

    public void Add(in CertificateStep step, CertificateForm form)
    {
        EndTicket = step.Ticket + 1;
        StepCount++;
        bool known = double.IsFinite(step.Rate + step.StepRate + step.DistanceSquared + step.Noise + step.BiasSquared)
            && Math.Min(Math.Min(step.Rate, step.StepRate), Math.Min(step.DistanceSquared, Math.Min(step.Noise, step.BiasSquared))) >= 0;
        if (!known)
        {
            UnknownTicket = UnknownTicket < 0 ? step.Ticket : UnknownTicket;
            return;
        }

        // Rounds: the noises of p gradients are independent, so each counts with its own rate squared; their second moments are not.
        double noiseRate = form == CertificateForm.Unbiased ? step.Rate : step.StepRate;
        Weight += step.Rate;
        Distance += step.Rate * step.DistanceSquared;
        Noise += step.Rate * noiseRate * step.Noise;
        Bias += step.Rate * step.BiasSquared;
        RateMax = Math.Max(RateMax, step.StepRate);
    }

    /// <summary>Appends the stretch that follows this one.</summary>
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
        RateMax = Math.Max(RateMax, next.RateMax);
        UnknownTicket = UnknownTicket < 0 ? next.UnknownTicket : UnknownTicket;
        Broken ??= next.Broken;
    }
}
