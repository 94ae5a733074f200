using System.Runtime.InteropServices;
using OrleansSgd.Core.Samples;

namespace OrleansSgd.Models.Tests.Checking;

/// <summary>Asks for the same gradient with parameters and gradient at every offset within a cache line.</summary>
internal static class BitChecker
{
    private const int OffsetCount = 17;

    /// <summary>What differs, or null.</summary>
    public static string? Complaint(Case item, IModel model, bool sparse)
    {
        SampleBatch batch = item.Samples(sparse).All();
        float[] parameters = item.Parameters();
        Span<float> expected = new float[model.ParameterCount + OffsetCount].AsSpan(0, model.ParameterCount);
        using IGradientSession session = model.CreateSession(batch.Count + 20);
        BatchLoss expectedLoss = session.Gradient(parameters, batch, expected);
        for (int offset = 0; offset < OffsetCount; offset++)
        {
            float[] there = GC.AllocateArray<float>(parameters.Length + (2 * OffsetCount), pinned: true);
            float[] here = GC.AllocateArray<float>(parameters.Length + (2 * OffsetCount), pinned: true);
            parameters.CopyTo(there, offset);
            Span<float> gradient = here.AsSpan(OffsetCount - offset, parameters.Length);
            BatchLoss loss = session.Gradient(there.AsSpan(offset, parameters.Length), batch, gradient);
            if (loss != expectedLoss || !SameBits(gradient, expected))
            {
                return $"{item}: other bits at offset {offset}.";
            }

            if (here.AsSpan(0, OffsetCount - offset).ContainsAnyExcept(0) ||
                here.AsSpan(OffsetCount - offset + parameters.Length).ContainsAnyExcept(0))
            {
                return $"{item}: wrote outside the gradient at offset {offset}.";
            }
        }

        return null;
    }

    public static bool SameBits(ReadOnlySpan<float> left, ReadOnlySpan<float> right) =>
        MemoryMarshal.AsBytes(left).SequenceEqual(MemoryMarshal.AsBytes(right));
}
