using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Modules one after the other: the output of each is the input of the next.</summary>
/// <remarks>
/// The tensors between two modules are freed at once (the graph keeps what backward needs). A module of one's own must therefore never
/// return the very object that it was given; <c>alias()</c> makes another for the same values.
/// </remarks>
public class Sequential : nn.Module<Tensor, Tensor>
{
    private readonly List<nn.IModule<Tensor, Tensor>> _steps = [];

    internal Sequential() : base(nameof(Sequential))
    {
    }

    /// <summary>For derived classes: modules with names.</summary>
    protected Sequential(params (string name, nn.Module<Tensor, Tensor> submodule)[] modules) : base(nameof(Sequential))
    {
        foreach (var (name, submodule) in modules)
            append(name, submodule);
    }

    /// <summary>For derived classes: modules called 0, 1, 2, …</summary>
    protected Sequential(params nn.Module<Tensor, Tensor>[] modules) : base(nameof(Sequential))
    {
        foreach (var submodule in modules)
            append(submodule);
    }

    /// <summary>How many modules follow one another.</summary>
    public int Count => _steps.Count;

    /// <summary>The module at a place, from 0.</summary>
    [IndexerName("SequentialItems")]
    public nn.IModule<Tensor, Tensor> this[int index] => _steps[index];

    /// <summary>Adds a module at the end under a name.</summary>
    public Sequential append(string name, nn.IModule<Tensor, Tensor> module)
    {
        AttachModule(name, (nn.Module)module);
        _steps.Add(module);
        return this;
    }

    /// <summary>Adds a module at the end; its name is its place.</summary>
    public Sequential append(nn.IModule<Tensor, Tensor> module) => append($"{_steps.Count}", module);

    /// <inheritdoc/>
    public override Tensor forward(Tensor tensor)
    {
        if (_steps.Count == 0)
            return tensor.alias();
        var current = _steps[0].call(tensor);
        for (var index = 1; index < _steps.Count; index++)
        {
            var next = _steps[index].call(current);
            current.Dispose();
            current = next;
        }
        return current;
    }

    /// <summary>Does nothing: fields of a derived class are not components.</summary>
    protected override void RegisterComponents()
    {
    }
}
