using System.Runtime.Intrinsics;
using OrleansSgd.Core.Samples;

namespace OrleansSgd.Models.Kernels;

/// <summary>Samples that are rows of bytes, as the right side of a product: B[k, j] is coordinate j of sample k.</summary>
/// <param name="table">Pinned by the caller, as are the starts.</param>
/// <param name="starts">[samples]; where each begins in the table.</param>
/// <param name="centre">See <see cref="ByteFloats"/>.</param>
/// <param name="scale">See <see cref="ByteFloats"/>.</param>
internal readonly unsafe struct ByteSamples(byte* table, int* starts, float centre, float scale) : IPanels
{
    public void Fill(int depth, int depthCount, int column, int width, int paddedWidth, float* panel)
    {
        Vector512<float> centres = Vector512.Create(centre);
        Vector512<float> scales = Vector512.Create(scale);
        for (int k = 0; k < depthCount; k++)
        {
            byte* row = table + starts[depth + k] + column;
            int j = 0;
            for (; j <= width - GemmTile.Lanes; j += GemmTile.Lanes)
            {
                ByteFloats.Of(Vector128.Load(row + j), centres, scales).Store(panel + j);
            }

            for (; j < paddedWidth; j++)
            {
                panel[j] = j < width ? (row[j] - centre) * scale : 0;
            }

            panel += paddedWidth;
        }
    }
}
