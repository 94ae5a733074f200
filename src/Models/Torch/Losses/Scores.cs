using System.Runtime.InteropServices;
using TorchSharp;

namespace OrleansSgd.Models.Torch.Losses;

/// <summary>Compares scores with labels.</summary>
internal static class Scores
{
    /// <summary>Rows whose largest score stands at the row's label. A score that is not a number is never the largest.</summary>
    /// <param name="scores">[count, classes].</param>
    /// <param name="labels">[count]; ties go to the lower class.</param>
    public static int Correct(torch.Tensor scores, ReadOnlySpan<float> labels)
    {
        using torch.Tensor packed = scores.contiguous();
        ReadOnlySpan<float> values = MemoryMarshal.Cast<byte, float>(packed.bytes);
        int classCount = values.Length / labels.Length;
        int correct = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            ReadOnlySpan<float> ofRow = values.Slice(row * classCount, classCount);
            int best = 0;
            for (int c = 1; c < ofRow.Length; c++)
            {
                best = ofRow[c] > ofRow[best] ? c : best;
            }

            correct += best == (int)labels[row] && !float.IsNaN(ofRow[best]) ? 1 : 0;
        }

        return correct;
    }
}
