using TorchSharp;
using TorchSharp.Modules;

namespace OrleansSgd.Models.Torch.Networks;

// OrleansSgd.Models.Linear is a namespace.
using Linear = TorchSharp.Modules.Linear;

/// <summary>The wide residual network (Zagoruyko, Komodakis 2016): 6n + 4 layers, k times as wide as the plain one.</summary>
/// <remarks>
/// 16, then 16k, 32k and 64k channels in three groups of n blocks; batch normalisation, ReLU, the mean over the pixels and one linear layer.
/// Depth 28 and width 10 have 36 479 194 parameters for 10 classes. Images [count, channels, height, width] in, scores
/// [count, classes] out. There is no dropout: it would make a gradient depend on more than parameters and batch.
/// </remarks>
internal sealed class WideResNet : torch.nn.Module<torch.Tensor, torch.Tensor>
{
    private const int Stem = 16;

    private readonly Conv2d _conv1;
    private readonly Sequential[] _groups;
    private readonly BatchNorm2d _bn;
    private readonly Linear _fc;

    /// <param name="depth">6n + 4.</param>
    /// <param name="width">k.</param>
    /// <param name="channels">Of an image.</param>
    public WideResNet(int depth, int width, int channels, int classCount)
        : base(nameof(WideResNet))
    {
        int[] widths = Widths(width);
        _conv1 = torch.nn.Conv2d(channels, Stem, 3, 1, 1, bias: false);
        register_module("conv1", _conv1);
        _groups = new Sequential[widths.Length - 1];
        for (int g = 0; g < _groups.Length; g++)
        {
            _groups[g] = torch.nn.Sequential(Blocks(widths[g], widths[g + 1], g == 0 ? 1 : 2, (depth - 4) / 6));
            register_module($"layer{g + 1}", _groups[g]);
        }

        _bn = Norms.Batch(widths[^1]);
        _fc = torch.nn.Linear(widths[^1], classCount);
        register_module("bn", _bn);
        register_module("fc", _fc);
    }

    /// <summary>d.</summary>
    public static long ParameterCount(int depth, int width, int channels, int classCount)
    {
        int[] widths = Widths(width);
        long count = (9L * channels * Stem) + (2L * widths[^1]) + ((widths[^1] + 1L) * classCount);
        for (int g = 1; g < widths.Length; g++)
        {
            count += WideBlock.ParameterCount(widths[g - 1], widths[g], hasShortcut: g > 1 || widths[g - 1] != widths[g]);
            count += (((depth - 4) / 6) - 1) * WideBlock.ParameterCount(widths[g], widths[g], hasShortcut: false);
        }

        return count;
    }

    public override torch.Tensor forward(torch.Tensor input)
    {
        torch.Tensor x = _conv1.forward(input);
        foreach (Sequential group in _groups)
        {
            x = group.forward(x);
        }

        return _fc.forward(torch.nn.functional.relu(_bn.forward(x), inplace: true).mean([2, 3]));
    }

    private static int[] Widths(int width) => [Stem, 16 * width, 32 * width, 64 * width];

    private static IEnumerable<torch.nn.Module<torch.Tensor, torch.Tensor>> Blocks(int inputs, int outputs, int stride, int count)
    {
        for (int i = 0; i < count; i++)
        {
            yield return i == 0 ? new WideBlock(inputs, outputs, stride) : new WideBlock(outputs, outputs, 1);
        }
    }
}
