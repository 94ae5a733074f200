using TorchSharp.Engine;

namespace TorchSharp;

public static partial class torch
{
    public static Tensor arange(Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Native.grid_arange(start.Native, stop.Native, step.Native, (int)(dtype ?? TypeOf(start, stop, step))).requires_grad_(requires_grad);

    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(start, stop, 1, dtype, device, requires_grad);

    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(0, stop, 1, dtype, device, requires_grad);

    public static Tensor linspace(double start, double end, long steps, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Native.grid_linspace(start, end, steps, TypeOf(dtype)).requires_grad_(requires_grad);

    /// <summary>Ones on the diagonal; square without a number of columns.</summary>
    public static Tensor eye(long rows, long columns = -1L, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) => Native.grid_eye(rows, columns < 0 ? rows : columns, TypeOf(dtype)).requires_grad_(requires_grad);

    /// <summary>Whole numbers of [low, high).</summary>
    public static Tensor randint(long low, long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        Generator? generator = null, string[]? names = null) =>
        Native.grid_randint(low, high, size, size.Length, (int)(dtype ?? ScalarType.Int64), Generator.HandleOf(generator)).requires_grad_(requires_grad);

    public static Tensor randint(long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        Generator? generator = null, string[]? names = null) => randint(0, high, size, dtype, device, requires_grad, generator, names);

    /// <summary>0 to n − 1 in random order.</summary>
    public static Tensor randperm(long n, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null) =>
        Native.grid_randperm(n, (int)(dtype ?? ScalarType.Int64), Generator.HandleOf(generator)).requires_grad_(requires_grad);

    public static Tensor empty_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        empty(input.shape, dtype ?? input.dtype, device, requires_grad);

    public static Tensor zeros_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        zeros(input.shape, dtype ?? input.dtype, device, requires_grad);

    public static Tensor ones_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        ones(input.shape, dtype ?? input.dtype, device, requires_grad);

    public static Tensor full_like(Tensor input, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null) => full(input.shape, value, dtype ?? input.dtype, device, requires_grad);

    private static int TypeOf(ScalarType? type) => (int)(type ?? ScalarType.Float32);

    /// <summary>Whole numbers make a tensor of whole numbers, as in PyTorch.</summary>
    private static ScalarType TypeOf(params ReadOnlySpan<Scalar> numbers)
    {
        foreach (var number in numbers)
        {
            if (number.Native.Kind == NativeScalar.RealKind)
            {
                return ScalarType.Float32;
            }
        }

        return ScalarType.Int64;
    }
}
