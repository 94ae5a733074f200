namespace OrleansSgd.Core.Samples;

/// <summary>A session that can also walk down by itself: steps of plain SGD that cost what their samples do, whatever d is.</summary>
/// <remarks>The gradient of a few sparse rows is a few entries; as a vector of its own, cleared and added, each step would cost d.</remarks>
public interface IDescendingSession : IGradientSession
{
    /// <summary>Whether <see cref="Descend"/> can take samples of this kind.</summary>
    bool CanDescend(ISampleSource samples);

    /// <summary>parameters ← parameters − rate · ∇(mean loss of the next rows), mini-batch after mini-batch, in order.</summary>
    /// <param name="parameters">[d]; where the walk begins, then where it has got to.</param>
    /// <param name="table">Rows of the model's feature count, with labels of its range.</param>
    /// <param name="rows">Rows of the table, in their order; the last mini-batch may be a shorter one.</param>
    /// <param name="batch">Samples of one mini-batch.</param>
    /// <param name="rate">α; finite.</param>
    /// <returns>Loss over the rows, each at the point where its gradient was taken.</returns>
    /// <remarks>Sums go in lanes, so a step may round otherwise than the same step by <see cref="IGradientSession.Gradient"/>.</remarks>
    BatchLoss Descend(Span<float> parameters, SparseTable table, ReadOnlySpan<int> rows, int batch, float rate);
}
