using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Optimizers;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Samples;
using OrleansSgd.Core.Vectors;
using OrleansSgd.Core.Workers;
using OrleansSgd.Grains.Workers;
using OrleansSgd.Models;

namespace OrleansSgd.Cluster.Tests.Parts;

/// <summary>Workers of a small least squares problem, cut down to what computes an update and encodes it for three shards.</summary>
internal sealed class EncoderParts : IDisposable
{
    /// <summary>Number of the worker.</summary>
    public const int Worker = 3;

    /// <summary>Its life.</summary>
    public const int Incarnation = 2;

    private readonly TinySamples _samples = new(200, 40, 0);
    private readonly IModel _model;
    private readonly List<GradientStep> _steps = [];

    public EncoderParts()
    {
        _model = ModelCatalog.Create(new ModelPlan { Kind = ModelCatalog.LeastSquares }, _samples);
        Map = new ShardMap(_model.ParameterCount, 3);
        View = Steps.View(Map, Steps.Bell(_model.ParameterCount, 7), version: 5);
    }

    /// <summary>Three shards.</summary>
    public ShardMap Map { get; }

    /// <summary>A view at version 5.</summary>
    public WorkerView View { get; }

    /// <summary>One worker's parts.</summary>
    public EncoderPart Create(RunPlan plan)
    {
        IUpdateCodec codec = UpdateCodecs.Create(plan.Codec, _model.ParameterCount, seed: 11);
        IUpdateRule rule = UpdateRules.Create(plan.Rule, _model.ParameterCount);
        var step = new GradientStep(plan, _model, _samples, Map, TimeProvider.System, smoothnessIsKnown: true);
        _steps.Add(step);
        return new EncoderPart(plan, codec, rule, step, new UpdateEncoder(plan, Map, codec, rule, Worker, Incarnation));
    }

    public void Dispose() => _steps.ForEach(step => step.Dispose());
}

/// <summary>What one worker computes and encodes with.</summary>
internal sealed record EncoderPart(RunPlan Plan, IUpdateCodec Codec, IUpdateRule Rule, GradientStep Step, UpdateEncoder Encoder);
