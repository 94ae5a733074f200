using OrleansSgd.Core.Samples;
using TorchSharp;

namespace OrleansSgd.Models.Torch.Inputs;

/// <summary>How a batch becomes the tensor a network takes. One for each session; the memory is made once.</summary>
internal interface ITorchInput : IDisposable
{
    /// <summary>Writes the batch and answers with a tensor of its samples; the caller disposes it.</summary>
    /// <param name="batch">At most as many samples as the input was made for.</param>
    torch.Tensor Load(SampleBatch batch);
}
