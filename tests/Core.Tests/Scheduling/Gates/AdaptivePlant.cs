using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Scheduling.Gates;

namespace OrleansSgd.Core.Tests.Scheduling.Gates;

/// <summary>A made-up run: how far views are from x under given levers.</summary>
internal sealed class AdaptivePlant(ulong seed)
{
    private readonly SeededRandom _random = new(seed, 3);

    public double Noise { get; init; } = 1;

    public double Smoothness { get; init; } = 1;

    public double Rate { get; init; } = 0.1;

    /// <summary>B of the delay of one step under way besides the own.</summary>
    public double Delay { get; set; }

    /// <summary>½ where noise dominates, 1 where gradients point the same way.</summary>
    public double Growth { get; init; } = 0.5;

    /// <summary>B of what the codec holds back, without its lever.</summary>
    public double Held { get; set; }

    /// <summary>Spread of a measurement, as a part of it.</summary>
    public double Spread { get; init; }

    public double Distance(in Levers levers) => DelayPart(levers) + HeldPart(levers);

    public GapReading Read(in Levers levers)
    {
        double measured = Distance(levers) * (1 + (Spread * ((2 * _random.NextDouble()) - 1)));
        double held = HeldPart(levers);
        return new GapReading(measured * measured, Noise, Smoothness, Rate * levers.RateScale, held * held);
    }

    private double HeldPart(in Levers levers) => Held / levers.FractionScale;

    private double DelayPart(in Levers levers)
    {
        double ahead = levers.StepsAheadMax >= 16 ? 1 : 0.6 + (0.025 * levers.StepsAheadMax);
        double late = levers.IsDelayAdaptive ? 0.9 : 1;
        return Delay * Math.Pow(levers.ConcurrencyMax - 1, Growth) * ahead * late;
    }
}
