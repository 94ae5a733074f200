using OrleansSgd.Core.Samples;

namespace OrleansSgd.Data;

/// <summary>The samples of one plan, and what is known about them.</summary>
/// <remarks>Immutable; any number of threads and silos of one process may share it.</remarks>
public sealed class DataSets
{
    private readonly Lazy<KnownOptimum?> _knownOptimum;

    internal DataSets(
        ISampleSource train,
        ISampleSource? test,
        IReadOnlyList<string>? classNames = null,
        IReadOnlyList<string>? notes = null,
        Func<KnownOptimum?>? knownOptimum = null)
    {
        Train = train;
        Test = test;
        ClassNames = classNames;
        Notes = notes ?? [];
        _knownOptimum = new(knownOptimum ?? (static () => null));
    }

    /// <summary>What the grid trains on.</summary>
    public ISampleSource Train { get; }

    /// <summary>What it is judged on, with the feature and class counts of <see cref="Train"/>; null when the plan names none.</summary>
    public ISampleSource? Test { get; }

    /// <summary>The word behind each class number, when the file had words.</summary>
    public IReadOnlyList<string>? ClassNames { get; }

    /// <summary>One sentence for each thing in the files that was left out, and why.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>The exact minimum of the mean loss over <see cref="Train"/>; synthetic least squares only, else null.</summary>
    /// <remarks>Computed from the stored samples when first asked for: O(n·d² + d³) time.</remarks>
    public KnownOptimum? KnownOptimum => _knownOptimum.Value;
}

/// <summary>The exact minimum of f(x) = mean of ½(a·x − y)², without bias and without regularisation.</summary>
/// <param name="Parameters">x*, [d].</param>
/// <param name="LossMin">f(x*).</param>
/// <param name="Smoothness">L, the largest eigenvalue of AᵀA/n.</param>
/// <param name="StrongConvexity">c, the smallest eigenvalue of AᵀA/n; above 0.</param>
/// <remarks>Computed in double from the stored float samples: relative error about 1e-13 times L/c.</remarks>
public sealed record KnownOptimum(
    IReadOnlyList<double> Parameters, double LossMin, double Smoothness, double StrongConvexity);
