using System.Reflection;
using TorchSharp;

namespace OrleansSgd.Models.Torch;

/// <summary>Whether this machine has libtorch. Everything but the kinds of <see cref="ModelCatalog.TorchKinds"/> works without it.</summary>
public static class TorchAvailability
{
    private const string StandIn = "TorchSharp.System";

    private static readonly Lazy<string?> Answer = new(Ask);

    /// <summary>What the program was built on: <c>system</c>, the libtorch of the operating system, or <c>torchsharp</c>, the package.</summary>
    /// <remarks>Asked of the assembly that is loaded, which needs no libtorch.</remarks>
    public static string Backend { get; } =
        typeof(torch).Assembly.GetCustomAttribute<AssemblyProductAttribute>()?.Product == StandIn ? "system" : "torchsharp";

    /// <summary>Null when libtorch can be used; otherwise why not, and the remedy, as the library says it. Asked once per process.</summary>
    public static string? Missing() => Answer.Value;

    private static string? Ask()
    {
        try
        {
            torch.InitializeDeviceType(DeviceType.CPU);
            return null;
        }
        catch (Exception error) when (error is TypeInitializationException or DllNotFoundException
            or EntryPointNotFoundException or BadImageFormatException || TorchErrors.IsTorch(error))
        {
            Exception cause = error is TypeInitializationException { InnerException: { } inner } ? inner : error;
            return $"{cause.Message.Trim().TrimEnd('.')}. Models of other kinds, such as mlp, need no libtorch.";
        }
    }
}
