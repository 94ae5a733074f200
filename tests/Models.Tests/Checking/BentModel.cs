using OrleansSgd.Core.Samples;

namespace OrleansSgd.Models.Tests.Checking;

/// <summary>What a planted bug does to a gradient that was right.</summary>
internal delegate void Bend(Span<float> gradient);

/// <summary>A model with a bug planted behind its gradient.</summary>
internal sealed class BentModel(IModel model, Bend bend) : IModel
{
    public string Kind => model.Kind;

    public int ParameterCount => model.ParameterCount;

    public IReadOnlyList<ParameterTensor> Tensors => model.Tensors;

    public bool HasExactSmoothness => model.HasExactSmoothness;

    public bool IsClassifier => model.IsClassifier;

    public void Initialise(Span<float> parameters, ulong seed) => model.Initialise(parameters, seed);

    public IGradientSession CreateSession(int batchMax) => new Session(model.CreateSession(batchMax), bend);

    public double? Smoothness(ISampleSource samples) => model.Smoothness(samples);

    private sealed class Session(IGradientSession session, Bend bend) : IGradientSession
    {
        public BatchLoss Gradient(ReadOnlySpan<float> parameters, SampleBatch batch, Span<float> gradient)
        {
            BatchLoss loss = session.Gradient(parameters, batch, gradient);
            bend(gradient);
            return loss;
        }

        public BatchLoss Evaluate(ReadOnlySpan<float> parameters, SampleBatch batch) =>
            session.Evaluate(parameters, batch);

        public void Dispose() => session.Dispose();
    }
}
