using OrleansSgd.Core.Samples;

namespace OrleansSgd.Models.Torch;

/// <summary>A session of a network with batch normalisation, which evaluates with statistics measured at the same parameters.</summary>
/// <remarks>docs/decisions/0008 says why they are measured and not carried along.</remarks>
internal sealed class TorchStatisticsSession : TorchSession, IStatisticsSession
{
    private readonly RunningStatistics _statistics;

    public TorchStatisticsSession(TorchModel model, Network network, int batchMax)
        : base(model, network, batchMax) => _statistics = new RunningStatistics(network, model.Momenta);

    public ReadOnlySpan<float> Statistics => _statistics.Means;

    public void ResetStatistics() => _statistics.Reset();

    public void AccumulateStatistics(ReadOnlySpan<float> parameters, SampleBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Count < 2)
        {
            throw new ArgumentException("Statistics need batches of 2 samples or more: the variance of one is not defined.", nameof(batch));
        }

        _statistics.Open();
        RunForward(parameters, batch);
        _statistics.Close();
    }

    public void LoadStatistics(ReadOnlySpan<float> statistics) => _statistics.Load(statistics);

    protected override void BeginEvaluation()
    {
        base.BeginEvaluation();
        _statistics.Apply();
    }
}
