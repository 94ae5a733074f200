namespace OrleansSgd.Core.Samples;

/// <summary>A loss over a flat parameter vector: what the grid trains.</summary>
/// <remarks>Immutable and shared between threads; per-thread scratch lives in <see cref="IGradientSession"/>.</remarks>
public interface IModel
{
    /// <summary>The name used in job files, such as <c>softmax</c>.</summary>
    string Kind { get; }

    /// <summary>d, the length of the parameter vector.</summary>
    int ParameterCount { get; }

    /// <summary>The named tensors the vector is made of, ascending by offset, without holes.</summary>
    IReadOnlyList<ParameterTensor> Tensors { get; }

    /// <summary>
    /// Named tensors that belong to the model but are not trained, such as the running means of batch normalisation; offsets
    /// count from 0 in a vector of their own. Empty for most models. See <see cref="IStatisticsSession"/>.
    /// </summary>
    IReadOnlyList<ParameterTensor> Buffers => [];

    /// <summary>True when <see cref="BatchLoss.Correct"/> counts correct classifications.</summary>
    bool IsClassifier { get; }

    /// <summary>
    /// Whether <see cref="Smoothness"/> gives L; where it does not, L is measured while training.
    /// </summary>
    bool HasExactSmoothness { get; }

    /// <summary>Whether gradients read samples that are kept as bytes from there, faster than floats made of them; their bits are the same.</summary>
    bool TakesBytes => false;

    /// <summary>Writes x₀, [d]; the same seed writes the same bytes.</summary>
    void Initialise(Span<float> parameters, ulong seed);

    /// <summary>Makes the scratch one thread needs for batches of up to <paramref name="batchMax"/> samples.</summary>
    IGradientSession CreateSession(int batchMax);

    /// <summary>
    /// Exact smoothness constant L of the mean loss over <paramref name="samples"/>, or null when the model has none
    /// in closed form (a network).
    /// </summary>
    double? Smoothness(ISampleSource samples);
}

/// <summary>One thread's scratch for gradients of one model. Not thread-safe.</summary>
public interface IGradientSession : IDisposable
{
    /// <summary>Mean loss and its gradient over the batch, regularisation included.</summary>
    /// <param name="parameters">v, [d].</param>
    /// <param name="batch">1 .. batchMax samples of the model's feature count.</param>
    /// <param name="gradient">[d]; overwritten, never added to.</param>
    /// <remarks>The same arguments give the same bits, whatever ran before and wherever the buffers lie.</remarks>
    BatchLoss Gradient(ReadOnlySpan<float> parameters, SampleBatch batch, Span<float> gradient);

    /// <summary>Loss and correct classifications only.</summary>
    BatchLoss Evaluate(ReadOnlySpan<float> parameters, SampleBatch batch);
}

/// <summary>What one batch cost.</summary>
/// <param name="LossSum">Sum over the samples (mean × count), regularisation included once per sample.</param>
/// <param name="Count">Samples in the batch.</param>
/// <param name="Correct">Samples classified correctly; 0 for regression.</param>
public readonly record struct BatchLoss(double LossSum, int Count, int Correct);

/// <summary>One named tensor inside the flat parameter vector.</summary>
/// <param name="Name">PyTorch-style state name, such as <c>hidden.0.weight</c>.</param>
/// <param name="Shape">Row-major extents.</param>
/// <param name="Offset">First coordinate in the flat vector.</param>
public sealed record ParameterTensor(string Name, IReadOnlyList<int> Shape, int Offset)
{
    /// <summary>Coordinates: the product of the extents.</summary>
    public int Length => Shape.Aggregate(1, (product, extent) => checked(product * extent));
}
