using TorchSharp;
using TorchSharp.Modules;

namespace OrleansSgd.Models.Torch.Networks;

// OrleansSgd.Models.Linear is a namespace.
using Linear = TorchSharp.Modules.Linear;

/// <summary>The residual network for small images (He et al. 2016, section 4.2): 6n + 2 layers in three groups of n blocks.</summary>
/// <remarks>
/// 16, 32 and 64 channels, halving height and width between groups; then the mean over the pixels and one linear layer. Depth 20 has
/// 269 722 parameters for 10 classes. Images [count, channels, height, width] in, scores [count, classes] out.
/// </remarks>
internal sealed class ResNet : torch.nn.Module<torch.Tensor, torch.Tensor>
{
    private static readonly int[] Widths = [16, 32, 64];

    private readonly Conv2d _conv1;
    private readonly BatchNorm2d _bn1;
    private readonly Sequential[] _groups;
    private readonly Linear _fc;

    /// <param name="depth">6n + 2.</param>
    /// <param name="channels">Of an image.</param>
    public ResNet(int depth, int channels, int classCount)
        : base(nameof(ResNet))
    {
        _conv1 = torch.nn.Conv2d(channels, Widths[0], 3, 1, 1, bias: false);
        _bn1 = Norms.Batch(Widths[0]);
        register_module("conv1", _conv1);
        register_module("bn1", _bn1);
        _groups = new Sequential[Widths.Length];
        for (int g = 0; g < _groups.Length; g++)
        {
            _groups[g] = torch.nn.Sequential(Blocks(g, (depth - 2) / 6));
            register_module($"layer{g + 1}", _groups[g]);
        }

        _fc = torch.nn.Linear(Widths[^1], classCount);
        register_module("fc", _fc);
    }

    /// <summary>d.</summary>
    public static long ParameterCount(int depth, int channels, int classCount)
    {
        long count = (9L * channels * Widths[0]) + (2 * Widths[0]) + ((Widths[^1] + 1L) * classCount);
        for (int g = 0; g < Widths.Length; g++)
        {
            count += ResidualBlock.ParameterCount(Widths[Math.Max(g - 1, 0)], Widths[g]);
            count += (((depth - 2) / 6) - 1) * ResidualBlock.ParameterCount(Widths[g], Widths[g]);
        }

        return count;
    }

    public override torch.Tensor forward(torch.Tensor input)
    {
        torch.Tensor x = torch.nn.functional.relu(_bn1.forward(_conv1.forward(input)), inplace: true);
        foreach (Sequential group in _groups)
        {
            x = group.forward(x);
        }

        return _fc.forward(x.mean([2, 3]));
    }

    private static IEnumerable<torch.nn.Module<torch.Tensor, torch.Tensor>> Blocks(int group, int count)
    {
        for (int i = 0; i < count; i++)
        {
            bool isFirstOfLater = i == 0 && group > 0;
            yield return new ResidualBlock(Widths[isFirstOfLater ? group - 1 : group], Widths[group], isFirstOfLater ? 2 : 1);
        }
    }
}
