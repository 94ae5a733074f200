namespace OrleansSgd.Core.Runs;

/// <summary>How a gradient becomes an update: the worker's part, before the codec.</summary>
public sealed record RulePlan
{
    /// <summary>u = α·g.</summary>
    public const string Sgd = "sgd";

    /// <summary>Heavy ball in parameter units: u ← μ·u + α·g. Accounted for by S6.</summary>
    public const string Momentum = "momentum";

    /// <summary>Adam, moments at the worker. No certificate covers it: VOID.</summary>
    public const string Adam = "adam";

    /// <summary>Every rule.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [Sgd, Momentum, Adam];

    /// <summary><c>sgd</c>, <c>momentum</c> or <c>adam</c>.</summary>
    public string Kind { get; init; } = Sgd;

    /// <summary>μ of momentum, and β₁ of Adam; 0 up to, not including, 1.</summary>
    public double Decay { get; init; } = 0.9;

    /// <summary>β₂ of Adam; 0 up to, not including, 1.</summary>
    public double SquareDecay { get; init; } = 0.999;

    /// <summary>λ: the objective grows by ½·λ·‖x‖²; 0 or more.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Largest ‖g‖ that is used whole; a longer gradient is scaled down to it. 0 for no limit.</summary>
    /// <remarks>What is cut off biases the gradient: the certificate then takes the biased form (S5).</remarks>
    public double ClipNorm { get; init; }

    /// <summary>Lowers the rate of late gradients to 1 / (4·L·delay) when their delay exceeds the number of workers.</summary>
    public bool DelayAdaptive { get; init; }

    // What an option is when nobody gave it: only another value can be out of place.
    private static readonly RulePlan Default = new();

    /// <summary>Why no certificate covers the rule, as a sentence; null when one does.</summary>
    public string? NotCovered => Kind == Adam
        ? "Adam scales each coordinate by past gradients, which no form of the certificate covers; use sgd or momentum for one."
        : null;

    /// <summary>Everything wrong with the rule.</summary>
    /// <param name="path">Where it stands, such as <c>rule</c>.</param>
    public IEnumerable<string> Mistakes(string path)
    {
        if (!Kinds.Contains(Kind))
        {
            yield return $"{path}.kind is '{Kind}'; use {Sgd}, {Momentum} or {Adam}.";
        }

        if (!(Decay >= 0 && Decay < 1))
        {
            yield return $"{path}.decay is {Decay}; use 0 up to, not including, 1.";
        }
        else if (Kind == Sgd && Decay != Default.Decay)
        {
            yield return $"{path}.decay is {Decay} but {path}.kind is {Sgd}, which has no use for it; remove it or use {Momentum} or {Adam}.";
        }

        if (!(SquareDecay >= 0 && SquareDecay < 1))
        {
            yield return $"{path}.squareDecay is {SquareDecay}; use 0 up to, not including, 1.";
        }
        else if (Kind is Sgd or Momentum && SquareDecay != Default.SquareDecay)
        {
            yield return $"{path}.squareDecay is {SquareDecay} but {path}.kind is {Kind}, which has no use for it; remove it or use {Adam}.";
        }

        if (!(WeightDecay >= 0 && WeightDecay <= 1_000_000))
        {
            yield return $"{path}.weightDecay is {WeightDecay}; use 0 to 1000000.";
        }

        if (!(ClipNorm >= 0 && double.IsFinite(ClipNorm)))
        {
            yield return $"{path}.clipNorm is {ClipNorm}; use a finite number, 0 or more.";
        }
    }
}
