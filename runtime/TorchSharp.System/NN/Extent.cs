using System.Runtime.InteropServices;

namespace TorchSharp.Engine;

/// <summary>Height and width; the same two numbers as <c>Extent</c> in native/nn.cpp.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct Extent(long Height, long Width)
{
    /// <summary>One number means both.</summary>
    internal static Extent Of(long[]? values, long otherwise, string what) => values switch
    {
        null => new(otherwise, otherwise),
        [var both] => new(both, both),
        [var height, var width] => new(height, width),
        _ => throw new ArgumentException($"{what} has {values.Length} numbers; give height and width, or one number for both.", what),
    };

    internal static Extent Of((long, long) pair) => new(pair.Item1, pair.Item2);
}
