namespace OrleansSgd.Core.Samples;

/// <summary>Changes samples at random before a gradient is taken: augmentation. Never applied where a model is evaluated.</summary>
public interface ISampleTransform
{
    /// <summary>Changes the batch in place.</summary>
    /// <param name="batch">Dense; row i is sample <paramref name="rows"/>[i].</param>
    /// <param name="rows">Row numbers in the data set.</param>
    /// <param name="epoch">From 0. The same seed, row and epoch make the same change, whichever worker makes it and in whatever batch.</param>
    void Apply(SampleBatch batch, ReadOnlySpan<int> rows, int epoch);
}
