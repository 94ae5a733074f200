namespace OrleansSgd.Experiments.Cnn;

/// <summary>What one run on the grid ended with. Figures that nobody knows are NaN.</summary>
public sealed record CnnRun
{
    /// <summary>How it ran.</summary>
    public required CnnSetting Setting { get; init; }

    /// <summary>Its seed.</summary>
    public ulong Seed { get; init; }

    /// <summary>Why it failed, one sentence; null when it did not.</summary>
    public string? Error { get; init; }

    /// <summary>The test set at the end of each epoch.</summary>
    public IReadOnlyList<CnnPoint> Curve { get; init; } = [];

    /// <summary>Mean loss on the test set at the end.</summary>
    public double TestLoss => Error is null && Curve.Count > 0 ? Curve[^1].TestLoss : double.NaN;

    /// <summary>Share of the test set that is right at the end.</summary>
    public double TestAccuracy => Error is null && Curve.Count > 0 ? Curve[^1].TestAccuracy : double.NaN;

    /// <summary>B as the ledger measured it: √(mean D / α²).</summary>
    public double Bound { get; init; } = double.NaN;

    /// <summary>Largest D / α² of any update.</summary>
    public double GapMax { get; init; } = double.NaN;

    /// <summary>Mean of the updates' largest delays.</summary>
    public double DelayMean { get; init; } = double.NaN;

    /// <summary>Largest delay.</summary>
    public double DelayMax { get; init; } = double.NaN;

    /// <summary>Bytes of the push frames.</summary>
    public double BytesPushed { get; init; } = double.NaN;

    /// <summary>Bytes of the view frames.</summary>
    public double BytesPulled { get; init; } = double.NaN;

    /// <summary>Updates that all shards have.</summary>
    public double Updates { get; init; } = double.NaN;

    /// <summary>Seconds of training, evaluations included.</summary>
    public double Seconds { get; init; } = double.NaN;

    /// <summary><c>RIGOROUS</c>, <c>STATISTICAL</c> or <c>VOID</c>; empty when there is no certificate.</summary>
    public string CertificateStatus { get; init; } = "";

    /// <summary>The certificate's bound of the mean ‖∇f‖²; NaN when void.</summary>
    public double Certificate { get; init; } = double.NaN;
}

/// <summary>The test set at one moment of a run.</summary>
/// <param name="Epoch">Epochs closed by then.</param>
public readonly record struct CnnPoint(double Epoch, double TestLoss, double TestAccuracy);
