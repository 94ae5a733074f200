using static TorchSharp.torch;

namespace OrleansSgd.Torch.Tests.NN;

/// <summary>Numbers that PyTorch's side computes too, and the comparison with what it made of them.</summary>
internal static class Values
{
    /// <summary>Relative to the greatest number of the answer: single precision, sums of some hundred terms in another order.</summary>
    public const double Tolerance = 1e-5;

    /// <summary>Numbers in ±1; python/layers_values.py has the same formula.</summary>
    public static Tensor Of(long[] shape, int salt)
    {
        var numbers = new float[shape.Aggregate(1L, (product, extent) => product * extent)];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = (float)(((((i * 37L) + (salt * 101L)) % 199) - 99) / 100.0);
        }

        return tensor(numbers, shape);
    }

    /// <summary>How many tensors are alive, once those that nobody holds any more are gone.</summary>
    public static long LiveCount()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Tensor.TotalCount;
    }

    public static float[] Read(Tensor tensor)
    {
        using var flat = tensor.detach().contiguous();
        return flat.data<float>().ToArray();
    }

    public static void Same(string what, ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        if (expected.Length != actual.Length)
        {
            throw new DifferenceException($"{what}: {actual.Length} numbers instead of {expected.Length}.");
        }

        var greatest = 1e-3;
        foreach (var number in expected)
        {
            greatest = Math.Max(greatest, Math.Abs(number));
        }

        for (var i = 0; i < expected.Length; i++)
        {
            // Written so that NaN fails.
            if (!(Math.Abs(expected[i] - actual[i]) <= Tolerance * greatest))
            {
                throw new DifferenceException($"{what}[{i}]: {actual[i]} instead of {expected[i]}.");
            }
        }
    }
}

/// <summary>PyTorch says something else.</summary>
public sealed class DifferenceException(string message) : Exception(message);
