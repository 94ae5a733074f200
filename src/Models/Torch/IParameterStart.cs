namespace OrleansSgd.Models.Torch;

/// <summary>Where training begins.</summary>
internal interface IParameterStart
{
    /// <summary>Writes x₀, [d]; the same seed writes the same bytes.</summary>
    void Write(Span<float> parameters, ulong seed);
}
