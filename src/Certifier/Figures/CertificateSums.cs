using OrleansSgd.Certifier.Reading;

namespace OrleansSgd.Certifier.Figures;

/// <summary>The sums of a stretch between two cuts; those of the whole run are their sums.</summary>
internal struct CertificateSums
{
    public long StepCount;
    public double Weight;
    public double Distance;
    public double NoiseWeight;
    public double Noise;
    public double Bias;
    public double Jump;
    public double JumpPerSmoothness;
    public double RateMax;
    public double DroppedSquared;
    public bool IsNoiseUnknown;
    public bool IsNotFinite;
    public string? Broken;

    public void Add(LedgerRow row, double distanceSquared, bool isBiased)
    {
        double weight = row.Rate * row.StepCount;
        double bias = row.DroppedSquared == 0 ? 0 : row.DroppedSquared / (row.Rate * row.Rate);
        if (!double.IsFinite(weight + distanceSquared + bias + row.StepRate))
        {
            IsNotFinite = true;
            return;
        }

        StepCount++;
        Weight += row.Weight;
        Distance += weight * distanceSquared;
        NoiseWeight += weight * (isBiased ? row.StepRate : row.Rate);
        Bias += weight * bias;
        DroppedSquared += row.DroppedSquared;
        RateMax = Math.Max(RateMax, row.StepRate);
    }

    public void Close(double noise)
    {
        IsNoiseUnknown = NoiseWeight > 0 && double.IsNaN(noise);
        Noise = NoiseWeight > 0 ? NoiseWeight * noise : 0;
    }

    public void Append(in CertificateSums next)
    {
        StepCount += next.StepCount;
        Weight += next.Weight;
        Distance += next.Distance;
        Noise += next.Noise;
        Bias += next.Bias;
        Jump += next.Jump;
        JumpPerSmoothness += next.JumpPerSmoothness;
        DroppedSquared += next.DroppedSquared;
        RateMax = Math.Max(RateMax, next.RateMax);
        IsNoiseUnknown |= next.IsNoiseUnknown;
        IsNotFinite |= next.IsNotFinite;
        Broken ??= next.Broken;
    }
}
