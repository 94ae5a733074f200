using System.Runtime.InteropServices;

namespace TorchSharp.Engine;

/// <summary>A number on its way to libtorch; native/common.h has the same layout.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct NativeScalar(double real, long integer, int kind)
{
    public const int RealKind = 0;
    public const int IntegerKind = 1;
    public const int TruthKind = 2;

    public readonly double Real = real;
    public readonly long Integer = integer;
    public readonly int Kind = kind;
}
