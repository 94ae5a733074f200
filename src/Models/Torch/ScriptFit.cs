using TorchSharp;

namespace OrleansSgd.Models.Torch;

/// <summary>Whether a TorchScript file can be trained on the data: it is opened and run once on two samples of zeros.</summary>
internal static class ScriptFit
{
    /// <summary>Every reason why not, each without the path of the section.</summary>
    public static IEnumerable<string> Mistakes(ModelPlan plan, IReadOnlyList<int> shape, int classCount)
    {
        bool isSquared = plan.LossOrDefault(classCount) == ModelCatalog.Squared;
        if (!isSquared && classCount < 2)
        {
            string has = classCount == 0 ? "real-valued targets" : "one class";
            return [$"loss is cross-entropy, but the data has {has} and cross-entropy wants at least two classes; use squared."];
        }

        if (!File.Exists(plan.Path))
        {
            return [$"path is '{plan.Path}', but there is no such file; name what torch.jit.save wrote."];
        }

        string? mistake = PassingThread.Run(() => Opened(plan.Path, shape, isSquared ? 1 : classCount, isSquared));
        return mistake is null ? [] : [mistake];
    }

    private static string? Opened(string path, IReadOnlyList<int> shape, int outputs, bool isSquared)
    {
        Network network;
        try
        {
            network = Network.OfScript(path);
        }
        catch (Exception error) when (TorchErrors.IsTorch(error))
        {
            return $"path is '{path}', which is damaged or no TorchScript file ({TorchErrors.Sentence(error)}); save it again with torch.jit.save.";
        }

        using (network)
        {
            return ParameterMistake(network, path) ?? RunMistake(network, path, shape, outputs, isSquared);
        }
    }

    private static string? ParameterMistake(Network network, string path)
    {
        if (network.Parameters.Count == 0)
        {
            return $"path is '{path}', a module without parameters: there is nothing to train. Save it before freezing, with its parameters.";
        }

        foreach ((string name, torch.Tensor value) in network.Parameters)
        {
            if (value.dtype != torch.ScalarType.Float32)
            {
                return $"path is '{path}', whose parameter {name} is {value.dtype}; only float32 is trained. Save module.float().";
            }
        }

        return null;
    }

    private static string? RunMistake(Network network, string path, IReadOnlyList<int> shape, int outputs, bool isSquared)
    {
        const int Count = 2;
        try
        {
            using IDisposable scope = torch.NewDisposeScope();
            using IDisposable quiet = torch.no_grad();
            network.Train(true);
            torch.Tensor output = network.Forward(torch.zeros([Count, .. shape.Select(extent => (long)extent)]));
            long[] got = output.shape;
            bool fits = isSquared
                ? got is [Count] or [Count, 1]
                : got is [Count, var scores] && scores >= outputs;
            string wanted = isSquared ? $"[{Count}] or [{Count}, 1]" : $"[{Count}, {outputs}]";
            return fits && output.dtype == torch.ScalarType.Float32
                ? null
                : $"path is '{path}', which makes {output.dtype} [{string.Join(", ", got)}] of {Count} samples; " +
                    $"the loss wants float32 {wanted}. Check the module's last layer, or model.loss.";
        }
        catch (Exception error) when (TorchErrors.IsTorch(error))
        {
            return $"path is '{path}', which cannot take samples of {NetworkFit.Text(shape)}: {TorchErrors.Sentence(error)}. " +
                "Use data of the shape the module was made for.";
        }
    }
}
