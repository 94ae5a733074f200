using System.Text.Json.Nodes;
using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Samples;
using OrleansSgd.Models.Tests.Checking;

namespace OrleansSgd.Models.Tests.Torch;

/// <summary>One deep network with samples to try it on, all drawn from one seed.</summary>
internal sealed record TorchCase(string Name, ModelPlan Plan, int[] Shape, int ClassCount, int SampleCount, ulong Seed)
{
    /// <summary>Every kind that needs no file, small enough for a gradient in some milliseconds.</summary>
    public static IReadOnlyList<TorchCase> All { get; } =
    [
        new("lenet5", new() { Kind = "lenet5" }, [1, 28, 28], 10, 6, 31),
        new("lenet5, three channels, l2", new() { Kind = "lenet5", L2 = 0.25 }, [3, 15, 22], 4, 5, 32),
        new("perceptron, relu, l2", new() { Kind = "torch-mlp", Hidden = [9, 6], L2 = 0.125 }, [3, 5], 4, 8, 33),
        new("perceptron, tanh, no bias, targets", new() { Kind = "torch-mlp", Hidden = [7], Activation = "tanh", Bias = false }, [11], 0, 7, 34),
        new("resnet of 8", new() { Kind = "resnet", Depth = 8 }, [3, 12, 12], 5, 8, 35),
        new("resnet of 14, odd extents, l2", new() { Kind = "resnet", Depth = 14, L2 = 0.01 }, [3, 11, 13], 10, 5, 36),
        new("wide resnet", new() { Kind = "wideresnet", Depth = 10, Width = 2 }, [2, 8, 8], 3, 9, 37),
        new("wide resnet, width 1", new() { Kind = "wideresnet", Depth = 16, Width = 1 }, [3, 8, 12], 3, 4, 38),
        new("transformer", new() { Kind = "transformer", Depth = 2, Width = 12, Heads = 3, L2 = 0.001 }, [9], 11, 6, 39),
    ];

    public static TheoryData<string> Names => [.. All.Select(item => item.Name)];

    /// <summary>Those with batch normalisation.</summary>
    public static TheoryData<string> NamesWithStatistics => [.. All.Where(item => item.HasStatistics).Select(item => item.Name)];

    public static TorchCase Named(string name) => All.Single(item => item.Name == name);

    public bool HasStatistics => Plan.Kind is "resnet" or "wideresnet";

    public IModel Model => ModelCatalog.Create(Plan, Shape, ClassCount);

    private int FeatureCount => Shape.Aggregate((product, extent) => product * extent);

    /// <summary>Within ±1, or token numbers; labels are classes, or targets within ±1.</summary>
    /// <param name="stream">Other samples for another number.</param>
    public ArraySource Samples(int stream = 1)
    {
        var random = new SeededRandom(Seed, (ulong)stream);
        bool isText = Plan.Kind == "transformer";
        float[][] features =
        [
            .. Enumerable.Range(0, SampleCount).Select(_ => Enumerable.Range(0, FeatureCount)
                .Select(_ => isText ? random.NextInt(ClassCount) : (2 * random.NextSingle()) - 1).ToArray()),
        ];
        float[] labels =
        [
            .. features.Select(row => isText ? row[^1] : ClassCount > 0 ? random.NextInt(ClassCount) : (2 * random.NextSingle()) - 1),
        ];
        return new ArraySource(features, labels, ClassCount, false);
    }

    /// <summary>The start of the seed, a little away from it, so that no bias is 0 and no scale is 1.</summary>
    public float[] Parameters()
    {
        IModel model = Model;
        float[] parameters = new float[model.ParameterCount];
        model.Initialise(parameters, Seed);
        var random = new SeededRandom(Seed, 99);
        foreach (ref float value in parameters.AsSpan())
        {
            value += 0.1f * ((2 * random.NextSingle()) - 1);
        }

        return parameters;
    }

    /// <summary>The network as python/oracle.py wants it described.</summary>
    public JsonObject Question(string command) => new()
    {
        ["do"] = command,
        ["kind"] = Plan.Kind,
        ["shape"] = new JsonArray([.. Shape.Select(extent => (JsonNode)extent)]),
        ["classes"] = ClassCount,
        ["l2"] = Plan.L2,
        ["hidden"] = new JsonArray([.. Plan.Hidden.Select(width => (JsonNode)width)]),
        ["activation"] = Plan.Activation,
        ["bias"] = Plan.Bias,
        ["depth"] = Plan.Depth,
        ["width"] = Plan.Width,
        ["heads"] = Plan.Heads,
    };

    public override string ToString() => $"{Name} (seed {Seed})";
}
