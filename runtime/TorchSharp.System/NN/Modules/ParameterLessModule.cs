using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Says that a module has neither parameters nor buffers.</summary>
public interface IParameterLessModule;

/// <summary>A function as a module.</summary>
public abstract class ParameterLessModule<T1, TResult> : nn.Module<T1, TResult>, IParameterLessModule
{
    /// <inheritdoc cref="nn.Module(string)"/>
    protected ParameterLessModule(string name) : base(name)
    {
    }

    /// <summary>Refuses.</summary>
    /// <exception cref="InvalidOperationException">Always.</exception>
    public override void register_buffer(string name, Tensor tensor, bool persistent = true) => throw Refused("a buffer", name);

    /// <summary>Refuses.</summary>
    /// <exception cref="InvalidOperationException">Always.</exception>
    public override void register_parameter(string name, Parameter param) => throw Refused("a parameter", name);

    private InvalidOperationException Refused(string what, string name) =>
        new($"{GetName()} is declared parameter-less and cannot have {what} ({name}). Derive it from nn.Module.");
}
