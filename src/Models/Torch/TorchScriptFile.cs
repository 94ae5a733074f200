using System.Runtime.InteropServices;
using OrleansSgd.Core.Samples;
using TorchSharp;

namespace OrleansSgd.Models.Torch;

/// <summary>Writes trained TorchScript modules.</summary>
public static class TorchScriptFile
{
    /// <summary>The module of the job's file with other values in it, for <c>torch.jit.load</c>.</summary>
    /// <param name="plan">Of kind <c>torchscript</c>.</param>
    /// <param name="model">Made from this plan.</param>
    /// <param name="parameters">x, [d].</param>
    /// <param name="statistics">As <see cref="IModel.Buffers"/> says; empty leaves those of the file.</param>
    /// <param name="path">Where to; replaced when it exists.</param>
    /// <exception cref="ModelException">libtorch cannot read the module again, or cannot write it.</exception>
    public static void Save(ModelPlan plan, IModel model, ReadOnlySpan<float> parameters, ReadOnlySpan<float> statistics, string path)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var script = (TorchModel)model;
        if (parameters.Length != script.ParameterCount)
        {
            throw new ArgumentException($"Parameters have {parameters.Length} coordinates, but the model has {script.ParameterCount}.");
        }

        try
        {
            torch.jit.ScriptModule<torch.Tensor, torch.Tensor> module = torch.jit.load<torch.Tensor, torch.Tensor>(plan.Path!);
            using Network network = Network.OfScript(module);
            Fill(network, script.Tensors, parameters);
            if (statistics.Length > 0)
            {
                var running = new RunningStatistics(network, script.Momenta);
                running.Load(statistics);
                running.Apply();
            }

            network.Train(false);
            torch.jit.save(module, path);
        }
        catch (Exception error) when (TorchErrors.IsTorch(error))
        {
            throw new ModelException(
                $"The trained TorchScript module could not be written to {path}: {TorchErrors.Sentence(error)}.",
                "The trained values are in the safetensors file beside it.", error);
        }
    }

    // Not as views of one vector: a file would then hold the whole vector once for each of them.
    private static void Fill(Network network, IReadOnlyList<ParameterTensor> tensors, ReadOnlySpan<float> parameters)
    {
        for (int i = 0; i < tensors.Count; i++)
        {
            ReadOnlySpan<float> values = parameters.Slice(tensors[i].Offset, tensors[i].Length);
            values.CopyTo(MemoryMarshal.Cast<byte, float>(network.Parameters[i].Value.bytes));
        }
    }
}
