using TorchSharp;
using TorchSharp.Modules;

namespace OrleansSgd.Models.Torch;

/// <summary>A module of libtorch as the grid sees it: a function of one tensor, with named parameters and running statistics.</summary>
/// <remarks>One thread at a time. Owns the module.</remarks>
internal sealed class Network : IDisposable
{
    private static readonly string[] StatisticNames = ["running_mean", "running_var", TrackedName];

    private const string TrackedName = "num_batches_tracked";

    private readonly torch.nn.Module _module;
    private readonly torch.nn.IModule<torch.Tensor, torch.Tensor> _function;
    private bool? _isTraining;

    private Network(torch.nn.Module module, torch.nn.IModule<torch.Tensor, torch.Tensor> function)
    {
        _module = module;
        _function = function;
        Parameters = [.. module.named_parameters().Select(item => (item.name, item.parameter))];
        Statistics = [.. module.named_buffers().Where(item => IsStatistic(item.name)).Select(item => (item.name, item.buffer))];
    }

    /// <summary>Of one of our own modules.</summary>
    public static Network Of(torch.nn.Module<torch.Tensor, torch.Tensor> module) => new(module, module);

    /// <summary>Of a TorchScript file.</summary>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">It is none, or damaged.</exception>
    public static Network OfScript(string path) => OfScript(torch.jit.load<torch.Tensor, torch.Tensor>(path));

    /// <summary>Of an open TorchScript module, which it owns.</summary>
    public static Network OfScript(torch.jit.ScriptModule<torch.Tensor, torch.Tensor> module) => new(module, module);

    /// <summary>In state-dict order.</summary>
    public IReadOnlyList<(string Name, Parameter Value)> Parameters { get; }

    /// <summary>Running means, variances and counts of batch normalisation, in state-dict order; empty without it.</summary>
    public IReadOnlyList<(string Name, torch.Tensor Value)> Statistics { get; }

    /// <summary>The module itself, whose parts are looked at but not changed.</summary>
    public torch.nn.Module Module => _module;

    /// <summary>Whether a statistic counts batches instead of averaging over them.</summary>
    public static bool IsCount(string name) => name.EndsWith(TrackedName, StringComparison.Ordinal);

    /// <summary>Whether a statistic is a variance, which begins with 1 and not with 0.</summary>
    public static bool IsVariance(string name) => name.EndsWith("running_var", StringComparison.Ordinal);

    /// <summary>Normalises by the batch from now on, or by the statistics.</summary>
    public void Train(bool on)
    {
        if (_isTraining != on)
        {
            _module.train(on);
            _isTraining = on;
        }
    }

    public torch.Tensor Forward(torch.Tensor input) => _function.call(input);

    public void Dispose()
    {
        foreach ((_, torch.Tensor value) in Statistics)
        {
            value.Dispose();
        }

        foreach ((_, Parameter value) in Parameters)
        {
            value.Dispose();
        }

        _module.Dispose();
    }

    private static bool IsStatistic(string name) =>
        StatisticNames.Any(statistic => name == statistic || name.EndsWith("." + statistic, StringComparison.Ordinal));
}
