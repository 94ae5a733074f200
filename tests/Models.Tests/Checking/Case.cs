using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Samples;

namespace OrleansSgd.Models.Tests.Checking;

/// <summary>One model with samples and parameters to try it on, all drawn from one seed.</summary>
internal sealed record Case(
    string Name, ModelPlan Plan, int FeatureCount, int ClassCount, int SampleCount, ulong Seed)
{
    /// <summary>Every kind, with and without bias and l2, wide and narrow, odd and whole vectors.</summary>
    public static IReadOnlyList<Case> All { get; } =
    [
        new("least squares", Plans("least-squares"), 7, 0, 5, 11),
        new("least squares, l2, no bias", Plans("least-squares", l2: 0.25, bias: false), 70, 0, 33, 12),
        new("logistic", Plans("logistic"), 9, 2, 17, 13),
        new("logistic, l2, no bias", Plans("logistic", l2: 0.5, bias: false), 65, 2, 16, 14),
        new("softmax", Plans("softmax"), 21, 10, 19, 15),
        new("softmax, l2, no bias", Plans("softmax", l2: 0.1, bias: false), 33, 3, 40, 16),
        new("mlp, linear", Plans("mlp"), 12, 4, 9, 17),
        new("mlp, relu", Plans("mlp", hidden: [7]), 11, 3, 18, 18),
        new("mlp, relu, two hidden, l2", Plans("mlp", l2: 0.05, hidden: [30, 5]), 20, 5, 35, 19),
        new(
            "mlp, tanh, three hidden, no bias", Plans("mlp", bias: false, tanh: true, hidden: [6, 17, 4]),
            8, 3, 7, 20),
        new("mlp, tanh, targets", Plans("mlp", tanh: true, hidden: [9]), 6, 0, 20, 21),
        new("mlp, relu, targets, one sample", Plans("mlp", l2: 0.5, hidden: [16]), 16, 0, 1, 22),
    ];

    public static TheoryData<string> Names => [.. All.Select(item => item.Name)];

    public static TheoryData<string, bool> NamesDenseAndSparse
    {
        get
        {
            var both = new TheoryData<string, bool>();
            foreach (Case item in All)
            {
                both.Add(item.Name, false);
                both.Add(item.Name, true);
            }

            return both;
        }
    }

    public static Case Named(string name) => All.Single(item => item.Name == name);

    public IModel Model => ModelCatalog.Create(Plan, [FeatureCount], ClassCount);

    /// <summary>Features within ±1, two in five of them 0; targets within ±1 or class numbers.</summary>
    public ArraySource Samples(bool sparse = false)
    {
        var random = new SeededRandom(Seed, 1);
        float[][] features = [.. Enumerable.Range(0, SampleCount).Select(_ => Uniform(random, FeatureCount))];
        foreach (float[] row in features)
        {
            for (int j = 0; j < row.Length; j++)
            {
                row[j] = random.NextInt(5) < 2 ? 0 : row[j];
            }
        }

        float[] labels =
        [
            .. Enumerable.Range(0, SampleCount).Select(
                _ => ClassCount > 0 ? random.NextInt(ClassCount) : (2 * random.NextSingle()) - 1),
        ];
        return new ArraySource(features, labels, ClassCount, sparse);
    }

    /// <summary>Parameters within ±1.</summary>
    public float[] Parameters() => Uniform(new SeededRandom(Seed, 2), Model.ParameterCount);

    public override string ToString() => $"{Name} (seed {Seed})";

    private static float[] Uniform(SeededRandom random, int length) =>
        [.. Enumerable.Range(0, length).Select(_ => (2 * random.NextSingle()) - 1)];

    private static ModelPlan Plans(
        string kind, double l2 = 0, bool bias = true, bool tanh = false, int[]? hidden = null) =>
        new() { Kind = kind, L2 = l2, Bias = bias, Activation = tanh ? "tanh" : "relu", Hidden = hidden ?? [] };
}
