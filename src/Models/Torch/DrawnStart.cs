using OrleansSgd.Core.Randomness;
using TorchSharp;
using TorchSharp.Modules;

namespace OrleansSgd.Models.Torch;

// OrleansSgd.Models.Linear is a namespace.
using Linear = TorchSharp.Modules.Linear;

/// <summary>The first values that PyTorch's modules draw by themselves, drawn from the run's seed instead of libtorch's generator.</summary>
/// <remarks>
/// <para>Convolutions and linear layers: weights and biases uniform within ±1/√(inputs of one output), which is what
/// <c>kaiming_uniform_(a = √5)</c> comes to. Embeddings: normal with deviation 1. Normalisation layers: weight 1, bias 0.</para>
/// <para>Tensor i draws from stream i of the seed, so its start does not depend on the tensors before it.</para>
/// </remarks>
internal sealed class DrawnStart : IParameterStart
{
    private readonly List<Part> _parts = [];

    /// <param name="network">One of our own; only the kinds and shapes of its layers are used.</param>
    public DrawnStart(Network network)
    {
        Dictionary<string, torch.nn.Module> layers = network.Module.named_modules().ToDictionary(item => item.name, item => item.module);
        foreach ((string name, Parameter value) in network.Parameters)
        {
            int dot = name.LastIndexOf('.');
            torch.nn.Module layer = dot < 0 ? network.Module : layers[name[..dot]];
            _parts.Add(PartOf(layer, name[(dot + 1)..], (int)value.numel()));
        }
    }

    private enum Law
    {
        Constant,
        Uniform,
        Normal,
    }

    public void Write(Span<float> parameters, ulong seed)
    {
        int offset = 0;
        for (int i = 0; i < _parts.Count; i++)
        {
            (Law law, double scale, int length) = _parts[i];
            Span<float> values = parameters.Slice(offset, length);
            if (law == Law.Constant)
            {
                values.Fill((float)scale);
            }
            else
            {
                Draw(values, law, scale, new SeededRandom(seed, (ulong)i));
            }

            offset += length;
        }
    }

    private static void Draw(Span<float> values, Law law, double scale, SeededRandom random)
    {
        foreach (ref float value in values)
        {
            value = (float)(scale * (law == Law.Uniform ? (2 * random.NextDouble()) - 1 : random.NextGaussian()));
        }
    }

    private static Part PartOf(torch.nn.Module layer, string name, int length) => layer switch
    {
        Convolution convolution => new Part(Law.Uniform, 1 / Math.Sqrt(FanIn(convolution.weight!.shape)), length),
        Linear linear => new Part(Law.Uniform, 1 / Math.Sqrt(FanIn(linear.weight!.shape)), length),
        Embedding => new Part(Law.Normal, 1, length),
        NormBase or LayerNorm => new Part(Law.Constant, name == "weight" ? 1 : 0, length),
        _ => throw new NotSupportedException($"No first values are known for parameter {name} of a {layer.GetType().Name}."),
    };

    private static double FanIn(long[] shape) => shape.Skip(1).Aggregate(1.0, (product, extent) => product * extent);

    private readonly record struct Part(Law Law, double Scale, int Length);
}
