namespace OrleansSgd.Models.Smoothness;

/// <summary>A symmetric matrix known by its products alone.</summary>
internal interface ISymmetricProduct
{
    /// <summary>Rows and columns.</summary>
    int Dimension { get; }

    /// <summary>result ← M·direction; both [Dimension], apart from each other.</summary>
    void Multiply(ReadOnlySpan<double> direction, Span<double> result);
}
