using System.Globalization;

namespace OrleansSgd.Client.Bench;

/// <summary>What the project has set itself.</summary>
/// <param name="Comparison">Name of the comparison; one that is not in the catalogue is not measured here, and the report says so.</param>
/// <param name="Peer">Against whom, the bound being a ratio; null when it is on the grid's own figure.</param>
/// <param name="Bound">The least, or with <paramref name="IsCeiling"/> the most.</param>
internal sealed record Goal(string Comparison, string? Peer, double Bound, bool IsCeiling = false)
{
    /// <summary>The goals, in the order of the tables.</summary>
    public static IReadOnlyList<Goal> All { get; } =
    [
        new("softmax", "pytorch-hogwild", 1.5), new("softmax", "pytorch-ddp-gloo", 13), new("softmax", "pytorch-rpc-server", 7),
        new("lenet5", "pytorch-hogwild", 1.1), new("lenet5", "pytorch-ddp-gloo", 1.7), new("lenet5", "pytorch-rpc-server", 1.35),
        new("mlp", "pytorch-hogwild", 1), new("mlp", "pytorch-ddp-gloo", 4),
        new("resnet20", "pytorch-ddp-gloo", 1), new("resnet20", "pytorch-single-2-threads", 1),
        new("lenet5-to-98-percent", "pytorch-single-2-threads", 1 / 0.9),
        new("sparse-logistic", "pytorch-hogwild", 7), new("sparse-logistic", "scikit-learn", 2), new("sparse-logistic", "scikit-learn-2-processes", 1.2),
        new("sparse-logistic-10x", "pytorch-hogwild", 7), new("sparse-logistic-10x", "scikit-learn", 2),
        new("sparse-logistic-10x", "scikit-learn-2-processes", 1.2),
        new("sparse-logistic-to-loss", "liblinear", 1 / 0.3), new("sparse-logistic-to-loss", "scikit-learn", 1),
        new("top-k", "torch-topk", 20), new("top-k-25e6", "torch-topk", 20), new("top-k-25e6-tenth", "torch-topk", 20),
        new("push-pull", "pytorch-rpc", 4), new("push-pull-sparse", "pytorch-rpc", 15),
        new("sparse-add", null, 0.8), new("dense-axpy", null, 0.8),
        new("bytes-to-equal-loss", "dense", 26),
        new("recovery-worker", null, 0.2, IsCeiling: true), new("recovery-silo", null, 2, IsCeiling: true), new("recovery-redone", null, 0, IsCeiling: true),
        new("checkpoint", null, 0.99), new("telemetry", null, 0.97),
        new("scaling", "ideal", 0.95),
    ];

    /// <summary>As tables have it: <c>≥ 1.5 ×</c>, <c>≤ 2</c>.</summary>
    public string Wanted => string.Create(CultureInfo.InvariantCulture, $"{(IsCeiling ? '≤' : '≥')} {Math.Round(Bound, 2)}{(Peer is null ? "" : " ×")}");

    /// <summary>Whether a figure reaches the bound.</summary>
    public bool IsMetBy(double figure) => IsCeiling ? figure <= Bound : figure >= Bound;
}
