using OrleansSgd.Core.Samples;
using TorchSharp;

namespace OrleansSgd.Models.Torch.Losses;

/// <summary>What a network's output is measured by. One for each session; the memory of the labels is made once.</summary>
internal interface ITorchLoss : IDisposable
{
    /// <summary>The mean loss over the batch, a tensor of one number.</summary>
    /// <param name="output">The network's, [count, …].</param>
    /// <param name="batch">Whose labels count.</param>
    torch.Tensor Mean(torch.Tensor output, SampleBatch batch);

    /// <summary>Samples classified correctly; 0 where nothing is classified.</summary>
    int Correct(torch.Tensor output, SampleBatch batch);
}
