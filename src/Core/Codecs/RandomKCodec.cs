using OrleansSgd.Core.Frames;

namespace OrleansSgd.Core.Codecs;

/// <summary>Sends k coordinates drawn at random; what it does not send stays in the residual.</summary>
/// <remarks>
/// <para>Each set of k is as likely as any other. The draw depends on the seed and on the number of the update alone, so a replay
/// chooses the same coordinates. Of those drawn, zeros are not sent.</para>
/// <para>Values are not scaled up by d/k: so it is a contraction, E ‖u − Q(u)‖² = (1 − k/d) ‖u‖², but biased without error
/// feedback.</para>
/// </remarks>
public sealed class RandomKCodec : MarkedCodec
{
    private readonly int _count;
    private readonly ulong _seed;

    /// <param name="dimension">d, at least 1.</param>
    /// <param name="count">k, 1 .. d.</param>
    /// <param name="errorFeedback">Whether what is not sent is kept.</param>
    /// <param name="seed">Fixes the draws; give every worker its own, so that they do not all send the same coordinates.</param>
    /// <param name="isBfloat16">Whether values are sent as bfloat16.</param>
    public RandomKCodec(int dimension, int count, bool errorFeedback = true, ulong seed = 0, bool isBfloat16 = false)
        : base(dimension, errorFeedback, isBfloat16)
    {
        CodecArguments.CheckCount(count, dimension);
        _count = count;
        _seed = seed;
    }

    /// <inheritdoc/>
    public override string Kind => CodecPlan.RandomK;

    private protected override bool TryChooseCoordinates(
        ReadOnlySpan<float> gradient, float rate, ReadOnlySpan<float> residual, Span<float> sum, out UpdateNorms norms)
    {
        norms = UpdateNorms.None;
        SquareSum all = default;
        for (int start = 0; start < sum.Length; start += UpdateSum.BlockLength)
        {
            int end = Math.Min(start + UpdateSum.BlockLength, sum.Length);
            all.Add(UpdateSum.Add(gradient, rate, residual, sum, start, end));
        }

        // Squares of finite f32 cannot overflow an f64, so a finite sum means finite values.
        if (!double.IsFinite(all.Total))
        {
            return false;
        }

        Draw();
        norms = UpdateNorms.OfSubset(all.Total, DropZeros(sum));
        return true;
    }

    // Drawing again what was drawn already makes every set as likely. At most half are drawn, so that takes two tries at most
    // on average; beyond half, what is left out is drawn instead.
    private void Draw()
    {
        Chosen.Clear();
        bool drawsRest = _count > Dimension / 2;
        UpdateDraws draws = new(_seed, NextUpdate);
        for (int missing = drawsRest ? Dimension - _count : _count; missing > 0;)
        {
            int coordinate = draws.NextInt(Dimension);
            if (!Chosen.Contains(coordinate))
            {
                Chosen.Add(coordinate);
                missing--;
            }
        }

        if (drawsRest)
        {
            Chosen.Invert();
        }
    }

    /// <returns>Squared norm of what is left.</returns>
    private double DropZeros(ReadOnlySpan<float> sum)
    {
        double sent = 0;
        for (int coordinate = Chosen.FirstFrom(0); coordinate < sum.Length; coordinate = Chosen.FirstFrom(coordinate + 1))
        {
            float value = sum[coordinate];
            sent += (double)value * value;
            if (value == 0)
            {
                Chosen.Remove(coordinate);
            }
        }

        return sent;
    }
}
