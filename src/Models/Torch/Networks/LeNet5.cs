using TorchSharp;
using TorchSharp.Modules;

namespace OrleansSgd.Models.Torch.Networks;

// OrleansSgd.Models.Linear is a namespace.
using Linear = TorchSharp.Modules.Linear;

/// <summary>LeNet-5 (LeCun et al. 1998) as it is built today, with ReLU and max-pooling.</summary>
/// <remarks>
/// conv1 6@5×5 (padding 2), pool, conv2 16@5×5, pool, fc1 120, fc2 84, fc3 classes. 61 706 parameters for images of 1 × 28 × 28 and
/// 10 classes. Images [count, channels, height, width] in, scores [count, classes] out.
/// </remarks>
internal sealed class LeNet5 : torch.nn.Module<torch.Tensor, torch.Tensor>
{
    /// <summary>Smallest height and width: from 12 on something is left after the second pool.</summary>
    public const int ExtentMin = 12;

    private readonly Conv2d _conv1;
    private readonly Conv2d _conv2;
    private readonly Linear _fc1;
    private readonly Linear _fc2;
    private readonly Linear _fc3;

    /// <param name="shape">[channels, height, width].</param>
    public LeNet5(IReadOnlyList<int> shape, int classCount)
        : base(nameof(LeNet5))
    {
        _conv1 = torch.nn.Conv2d(shape[0], 6, 5, padding: 2);
        _conv2 = torch.nn.Conv2d(6, 16, 5);
        _fc1 = torch.nn.Linear(Flattened(shape), 120);
        _fc2 = torch.nn.Linear(120, 84);
        _fc3 = torch.nn.Linear(84, classCount);
        register_module("conv1", _conv1);
        register_module("conv2", _conv2);
        register_module("fc1", _fc1);
        register_module("fc2", _fc2);
        register_module("fc3", _fc3);
    }

    /// <summary>d.</summary>
    public static long ParameterCount(IReadOnlyList<int> shape, int classCount) =>
        (25L * 6 * shape[0]) + 6 + (25 * 6 * 16) + 16 + ((Flattened(shape) + 1) * 120) + (121 * 84) + (85L * classCount);

    public override torch.Tensor forward(torch.Tensor input)
    {
        // The larger of what is cut off at 0 is what is cut off of the larger: the same bits, forward and back, from a quarter of the work.
        torch.Tensor x = torch.nn.functional.relu(torch.nn.functional.max_pool2d(_conv1.forward(input), 2), inplace: true);
        x = torch.nn.functional.relu(torch.nn.functional.max_pool2d(_conv2.forward(x), 2), inplace: true);
        x = torch.nn.functional.relu(_fc1.forward(x.flatten(1)), inplace: true);
        return _fc3.forward(torch.nn.functional.relu(_fc2.forward(x), inplace: true));
    }

    // conv1 keeps the extent, each pool halves it, conv2 takes 4.
    private static long Flattened(IReadOnlyList<int> shape) => 16L * (((shape[1] / 2) - 4) / 2) * (((shape[2] / 2) - 4) / 2);
}
