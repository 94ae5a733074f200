using System.Runtime.InteropServices;
using OrleansSgd.Core.Samples;
using TorchSharp;

namespace OrleansSgd.Models.Torch.Losses;

/// <summary>Mean of ½·(z − y)² for one output z a sample, [count] or [count, 1].</summary>
internal sealed class SquaredErrorLoss : ITorchLoss
{
    private readonly torch.Tensor _targets;

    public SquaredErrorLoss(int batchMax) => _targets = torch.zeros([batchMax]);

    public torch.Tensor Mean(torch.Tensor output, SampleBatch batch)
    {
        batch.Labels.CopyTo(MemoryMarshal.Cast<byte, float>(_targets.bytes));
        torch.Tensor targets = _targets.narrow(0, 0, batch.Count);
        return torch.nn.functional.mse_loss(output.reshape(batch.Count), targets).mul(0.5);
    }

    public int Correct(torch.Tensor output, SampleBatch batch) => 0;

    public void Dispose() => _targets.Dispose();
}
