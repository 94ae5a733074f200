using TorchSharp.Engine;

namespace TorchSharp;

/// <summary>A number for or from a tensor: real, whole or a truth value.</summary>
public sealed class Scalar : IDisposable
{
    internal Scalar(NativeScalar native) => Native = native;

    internal NativeScalar Native { get; }

    public torch.ScalarType Type => Native.Kind switch
    {
        NativeScalar.RealKind => torch.ScalarType.Float64,
        NativeScalar.IntegerKind => torch.ScalarType.Int64,
        _ => torch.ScalarType.Bool,
    };

    public static implicit operator Scalar(byte value) => Whole(value);

    public static implicit operator Scalar(sbyte value) => Whole(value);

    public static implicit operator Scalar(short value) => Whole(value);

    public static implicit operator Scalar(int value) => Whole(value);

    public static implicit operator Scalar(long value) => Whole(value);

    public static implicit operator Scalar(Half value) => Real((double)value);

    public static implicit operator Scalar(float value) => Real(value);

    public static implicit operator Scalar(double value) => Real(value);

    public static implicit operator Scalar(bool value) => new(new NativeScalar(0, value ? 1 : 0, NativeScalar.TruthKind));

    /// <summary>Nothing is held; the real one holds native memory.</summary>
    public void Dispose()
    {
    }

    internal double AsDouble => Native.Kind == NativeScalar.RealKind ? Native.Real : Native.Integer;

    internal long AsLong => Native.Kind == NativeScalar.RealKind ? (long)Native.Real : Native.Integer;

    private static Scalar Whole(long value) => new(new NativeScalar(0, value, NativeScalar.IntegerKind));

    private static Scalar Real(double value) => new(new NativeScalar(value, 0, NativeScalar.RealKind));
}

public static class ScalarExtensionMethods
{
    public static Scalar ToScalar(this byte value) => value;

    public static Scalar ToScalar(this sbyte value) => value;

    public static Scalar ToScalar(this short value) => value;

    public static Scalar ToScalar(this int value) => value;

    public static Scalar ToScalar(this long value) => value;

    public static Scalar ToScalar(this float value) => value;

    public static Scalar ToScalar(this double value) => value;

    public static Scalar ToScalar(this bool value) => value;

    public static float ToSingle(this Scalar value) => (float)value.AsDouble;

    public static double ToDouble(this Scalar value) => value.AsDouble;

    public static byte ToByte(this Scalar value) => checked((byte)value.AsLong);

    public static int ToInt32(this Scalar value) => checked((int)value.AsLong);

    public static long ToInt64(this Scalar value) => value.AsLong;

    public static bool ToBoolean(this Scalar value) => value.AsDouble != 0;
}
