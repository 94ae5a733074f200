using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Core.Codecs;

/// <summary>Sends the k coordinates of largest magnitude; what it does not send stays in the residual.</summary>
/// <remarks>
/// Exactly k coordinates are sent, fewer only when fewer are not zero; ties go to the lower index. Contraction:
/// ‖u − Q(u)‖² ≤ (1 − k/d) ‖u‖², with equality when all magnitudes are the same.
/// </remarks>
public sealed class TopKCodec : SubsetCodec
{
    private readonly LargestCoordinates _largest;

    /// <param name="dimension">d, at least 1.</param>
    /// <param name="countMax">k, 1 .. d.</param>
    /// <param name="errorFeedback">Whether what is not sent is kept.</param>
    /// <param name="isBfloat16">Whether values are sent as bfloat16.</param>
    public TopKCodec(int dimension, int countMax, bool errorFeedback = true, bool isBfloat16 = false)
        : base(dimension, errorFeedback, isBfloat16)
    {
        CodecArguments.CheckCount(countMax, dimension);
        _largest = new LargestCoordinates(dimension, countMax);
    }

    /// <inheritdoc/>
    public override string Kind => CodecPlan.TopK;

    private protected override bool TryChooseCoordinates(
        ReadOnlySpan<float> gradient, float rate, ReadOnlySpan<float> residual, Span<float> sum, out UpdateNorms norms)
    {
        norms = UpdateNorms.None;
        if (!_largest.TrySelect(gradient, rate, residual, sum))
        {
            return false;
        }

        double sent = 0;
        foreach (float value in _largest.SelectedValues)
        {
            sent += (double)value * value;
        }

        norms = UpdateNorms.OfSubset(_largest.NormSquared, sent);
        return true;
    }

    private protected override int CountChosen(ShardRange range) => _largest.Selected[PlacesIn(range)].Length;

    private protected override void CopyChosen(ShardRange range, Span<uint> indices)
    {
        ReadOnlySpan<int> selected = _largest.Selected[PlacesIn(range)];
        TensorPrimitives.Subtract(selected, range.Start, MemoryMarshal.Cast<uint, int>(indices[..selected.Length]));
    }

    private protected override void MoveToPlaces(ShardRange range, Span<float> pending, Span<float> values)
    {
        values.Clear();
        foreach (int coordinate in _largest.Selected[PlacesIn(range)])
        {
            ref float place = ref pending[coordinate - range.Start];
            values[coordinate - range.Start] = place;
            place = 0;
        }
    }

    // The selection has the values already, so their places are only written: a store need not wait for memory, a load must.
    private protected override void MoveToEntries(ShardRange range, ReadOnlySpan<uint> indices, Span<float> pending, Span<float> values)
    {
        _largest.SelectedValues[PlacesIn(range)].CopyTo(values);
        foreach (uint index in indices)
        {
            pending[(int)index] = 0;
        }
    }

    private Range PlacesIn(ShardRange range) =>
        FirstNotBelow(_largest.Selected, range.Start)..FirstNotBelow(_largest.Selected, range.End);

    private static int FirstNotBelow(ReadOnlySpan<int> ascending, int limit)
    {
        int place = ascending.BinarySearch(limit);
        return place >= 0 ? place : ~place;
    }
}
