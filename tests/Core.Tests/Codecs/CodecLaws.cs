using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Vectors;
using Xunit.Sdk;

namespace OrleansSgd.Core.Tests.Codecs;

/// <summary>What holds for every codec, whatever it chooses to send.</summary>
internal static class CodecLaws
{
    /// <summary>One update through the codec, decoded again: what arrived, [d].</summary>
    /// <remarks>
    /// On the way it checks that nothing is lost or made up in any coordinate, that every payload is valid, and that the norms
    /// and γ are those of what arrived.
    /// </remarks>
    public static float[] Send(IUpdateCodec codec, float[] gradient, float rate, int shardCount = 1)
    {
        bool keeps = !codec.Residual.IsEmpty;
        float[] sum = SumOf(codec.Residual, gradient, rate);
        Require(codec.TryBegin(gradient, rate), "A finite update was refused.");
        Require(!keeps || codec.Residual.SequenceEqual(sum), "Before the first write the residual is not residual + rate · gradient.");

        float[] arrived = new float[codec.Dimension];
        ShardMap map = new(codec.Dimension, shardCount);
        for (int shard = 0; shard < map.Count; shard++)
        {
            ShardRange range = map[shard];
            WriteAndDecode(codec, range, arrived.AsSpan(range.Start, range.Length));
        }

        for (int i = 0; i < sum.Length && keeps; i++)
        {
            // Rounded once. Where a coordinate goes whole to one side, or as a bfloat16, that rounds nothing and the sum is exact.
            Require(
                codec.Residual[i] == sum[i] - arrived[i] && (codec is not (SubsetCodec or DenseBfloat16Codec) || arrived[i] + codec.Residual[i] == sum[i]),
                $"Coordinate {i}: sent {arrived[i]} and kept {codec.Residual[i]} do not make {sum[i]}.");
        }

        CheckGamma(codec, sum, arrived);
        return arrived;
    }

    /// <summary>residual + rate · gradient, rounded after the product and after the sum.</summary>
    public static float[] SumOf(ReadOnlySpan<float> residual, float[] gradient, float rate)
    {
        float[] sum = new float[gradient.Length];
        for (int i = 0; i < sum.Length; i++)
        {
            float product = rate * gradient[i];
            sum[i] = residual.IsEmpty ? product : product + residual[i];
        }

        return sum;
    }

    /// <summary>The k largest magnitudes by a plain sort: ties to the lower index, zeros left out, everything else 0.</summary>
    public static float[] LargestBySorting(float[] values, int count)
    {
        float[] chosen = new float[values.Length];
        IEnumerable<int> order = Enumerable.Range(0, values.Length).OrderByDescending(i => MathF.Abs(values[i])).ThenBy(i => i);
        foreach (int index in order.Take(count))
        {
            chosen[index] = values[index];
        }

        return chosen;
    }

    /// <summary>‖a − b‖², or ‖a‖² without b.</summary>
    public static double Distance(float[] a, float[]? b = null)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            double difference = (double)a[i] - (b is null ? 0 : b[i]);
            sum += difference * difference;
        }

        return sum;
    }

    private static void CheckGamma(IUpdateCodec codec, float[] sum, float[] arrived)
    {
        double update = Distance(sum);
        double gamma = update == 0 ? 0 : Distance(sum, arrived) / update;

        // Sums of doubles in another order; differences rounded to f32, each by parts in 1e-7; and where the error is what is left
        // between two sums, parts in 1e-14 of the whole.
        Require(Math.Abs(codec.UpdateNormSquared - update) <= update * 1e-12, $"Norm of the update is {codec.UpdateNormSquared}, by hand {update}.");
        Require(Math.Abs(codec.Gamma - gamma) <= (gamma * 1e-6) + 1e-12, $"Gamma is {codec.Gamma}, by hand {gamma}.");
    }

    private static void WriteAndDecode(IUpdateCodec codec, ShardRange range, Span<float> arrived)
    {
        PayloadKind kind = codec.KindOf(range);
        int count = codec.EntryCount(range);
        byte[] payload = new byte[codec.PayloadSize(range)];
        Require(
            kind is PayloadKind.Levels or PayloadKind.Signs || payload.Length == FramePayload.SizeOf(kind, count, range.Length),
            $"Payload of {range} has a size that its kind has not.");

        // A pooled buffer is not clean, and every byte of it is sent.
        payload.AsSpan().Fill(0xA5);
        double norm = codec.Write(range, payload);

        FramePayload.Validate(kind, payload, count, range.Length);
        FramePayload.CopyTo(arrived, kind, payload, count);
        double normArrived = FramePayload.NormSquared(kind, payload, count);
        Require(norm == normArrived, $"Norm of {range} is {norm}, but that of what arrived is {normArrived}.");
        double normByHand = 0;
        foreach (float value in arrived)
        {
            normByHand += (double)value * value;
        }

        // The order of additions differs: each of the d additions rounds by at most half a unit of the sum.
        Require(Math.Abs(norm - normByHand) <= normByHand * range.Length * 1e-15, $"Norm of {range} is {norm}, by hand {normByHand}.");
    }

    private static void Require(bool holds, string broken)
    {
        if (!holds)
        {
            throw new XunitException(broken);
        }
    }
}
