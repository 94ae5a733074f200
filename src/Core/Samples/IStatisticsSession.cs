namespace OrleansSgd.Core.Samples;

/// <summary>A session whose evaluation needs statistics of training data at the same parameters, as batch normalisation does.</summary>
/// <remarks>
/// Gradients normalise each batch by itself and leave no trace here. Before <see cref="IGradientSession.Evaluate"/> somebody measures
/// the statistics at the very parameters that are evaluated: they are then a function of x and of the batches alone, whichever
/// workers came and went.
/// </remarks>
public interface IStatisticsSession : IGradientSession
{
    /// <summary>Mean over the accumulated batches, laid out as <see cref="IModel.Buffers"/> says; initial values before the first.</summary>
    ReadOnlySpan<float> Statistics { get; }

    /// <summary>Forgets every batch.</summary>
    void ResetStatistics();

    /// <summary>Runs a training batch forward and adds its statistics to the mean, each batch with the same weight.</summary>
    /// <param name="parameters">x, [d]; the same in every call since the last reset.</param>
    /// <param name="batch">2 or more samples: the variance of one is not defined.</param>
    void AccumulateStatistics(ReadOnlySpan<float> parameters, SampleBatch batch);

    /// <summary>Takes statistics that were measured elsewhere, laid out as <see cref="IModel.Buffers"/> says.</summary>
    void LoadStatistics(ReadOnlySpan<float> statistics);
}
