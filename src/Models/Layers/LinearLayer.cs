namespace OrleansSgd.Models.Layers;

/// <summary>Where one layer lies in the flat parameter vector.</summary>
/// <param name="Inputs">Columns of the weight.</param>
/// <param name="Outputs">Rows of the weight.</param>
/// <param name="WeightOffset">First coordinate of the weight; the bias follows it.</param>
/// <param name="HasBias">Whether there is one.</param>
internal sealed record LinearLayer(int Inputs, int Outputs, int WeightOffset, bool HasBias)
{
    public int WeightEnd => WeightOffset + (Inputs * Outputs);

    public int BiasOffset => WeightEnd;

    public int End => WeightEnd + (HasBias ? Outputs : 0);
}
