using System.Runtime.Intrinsics;

namespace OrleansSgd.Models.Kernels;

/// <summary>The largest of each 2 × 2 and ReLU, one sample a lane, and the way of a gradient back to the score it came from.</summary>
/// <remarks>Of equal scores the first in reading order is chosen, as in PyTorch. NaN stays NaN.</remarks>
internal static unsafe class MaxPool
{
    private const int Lanes = 16;

    /// <summary>pooled ← max(0, bias + the largest of four scores); choices says which it was.</summary>
    /// <param name="scores">[4, <paramref name="rows"/>, <paramref name="stride"/>], the four in reading order.</param>
    /// <param name="rows">Outputs.</param>
    /// <param name="stride">Samples, a multiple of 16.</param>
    /// <param name="bias">[<paramref name="rows"/>].</param>
    /// <param name="pooled">[<paramref name="rows"/>, …, <paramref name="stride"/>].</param>
    /// <param name="choices">One for 16 numbers of <paramref name="pooled"/>: the column of the chosen in the low half, its row in the high.</param>
    /// <param name="outputStride">Floats from output to output of <paramref name="pooled"/>.</param>
    public static void Forward(float* scores, int rows, int stride, float* bias, float* pooled, uint* choices, nint outputStride)
    {
        nint next = (nint)rows * stride;
        for (int row = 0; row < rows; row++)
        {
            Vector512<float> shift = Vector512.Create(bias[row]);
            float* z = scores + ((nint)row * stride);
            float* target = pooled + (row * outputStride);
            uint* choice = choices + (row * outputStride / Lanes);
            for (int i = 0; i < stride; i += Lanes)
            {
                Vector512<float> z0 = Vector512.Load(z + i);
                Vector512<float> z1 = Vector512.Load(z + next + i);
                Vector512<float> z2 = Vector512.Load(z + (2 * next) + i);
                Vector512<float> z3 = Vector512.Load(z + (3 * next) + i);
                Vector512<float> upper = Vector512.Max(z0, z1);
                Vector512<float> lower = Vector512.Max(z2, z3);
                Vector512<float> isLower = Vector512.GreaterThan(lower, upper);
                Vector512<float> isRight = Vector512.ConditionalSelect(isLower, Vector512.GreaterThan(z3, z2), Vector512.GreaterThan(z1, z0));
                Vector512.Max(Vector512.Max(upper, lower) + shift, default).Store(target + i);
                choice[i / Lanes] = (uint)isRight.ExtractMostSignificantBits() | ((uint)isLower.ExtractMostSignificantBits() << Lanes);
            }
        }
    }

    /// <summary>Puts one row of pooled gradients where each was chosen, and zeros beside it.</summary>
    /// <param name="gradient">[<paramref name="width"/>, <paramref name="stride"/>], zero where the ReLU cut off.</param>
    /// <param name="choices">Of the same numbers.</param>
    /// <param name="width">Pooled columns.</param>
    /// <param name="stride">Samples, a multiple of 16.</param>
    /// <param name="upper">[2 · <paramref name="width"/>, <paramref name="stride"/>].</param>
    /// <param name="lower">[2 · <paramref name="width"/>, <paramref name="stride"/>].</param>
    public static void Backward(float* gradient, uint* choices, int width, int stride, float* upper, float* lower)
    {
        // Lane i tests bit i.
        Vector512<int> column = Vector512.Create(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768);
        Vector512<int> row = column << Lanes;
        for (int x = 0; x < width; x++)
        {
            for (int i = 0; i < stride; i += Lanes)
            {
                Vector512<float> value = Vector512.Load(gradient + i);
                Vector512<int> choice = Vector512.Create((int)choices[i / Lanes]);
                Vector512<float> isRight = Vector512.Equals(choice & column, column).AsSingle();
                Vector512<float> isLower = Vector512.Equals(choice & row, row).AsSingle();
                Vector512<float> above = Vector512.AndNot(value, isLower);
                Vector512<float> below = value & isLower;
                Vector512.AndNot(above, isRight).Store(upper + i);
                (above & isRight).Store(upper + stride + i);
                Vector512.AndNot(below, isRight).Store(lower + i);
                (below & isRight).Store(lower + stride + i);
            }

            gradient += stride;
            choices += stride / Lanes;
            upper += 2 * stride;
            lower += 2 * stride;
        }
    }
}
