using OrleansSgd.Models.Torch.Inputs;
using OrleansSgd.Models.Torch.Losses;

namespace OrleansSgd.Models.Torch;

/// <summary>What a <see cref="TorchModel"/> is made of; each function makes a new one.</summary>
internal sealed record TorchRecipe
{
    /// <summary>Coordinates of one sample.</summary>
    public required int FeatureCount { get; init; }

    /// <summary>Classes, or 0 when labels are targets of a squared loss.</summary>
    public required int ClassCount { get; init; }

    /// <summary>The network, with any values.</summary>
    public required Func<Network> CreateNetwork { get; init; }

    /// <summary>For batches of up to so many samples.</summary>
    public required Func<int, ITorchInput> CreateInput { get; init; }

    /// <summary>For batches of up to so many samples.</summary>
    public required Func<int, ITorchLoss> CreateLoss { get; init; }

    /// <summary>Where training begins: drawn, or what a file holds.</summary>
    public required Func<Network, IParameterStart> CreateStart { get; init; }

    /// <summary>See <see cref="TorchModel.Momenta"/>; may spoil the network.</summary>
    public required Func<Network, IReadOnlyList<float>> CreateMomenta { get; init; }
}
