using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Core.Codecs;

/// <summary>The checks that every codec makes on what it is given.</summary>
internal static class CodecArguments
{
    public static void CheckUpdate(float[] gradient, float rate, int dimension)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        if (gradient.Length != dimension)
        {
            throw new ArgumentException($"Gradient has {gradient.Length} coordinates, the codec {dimension}.", nameof(gradient));
        }

        if (!float.IsFinite(rate) || rate < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "A rate is a finite number, 0 or more.");
        }
    }

    public static void CheckCount(int count, int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, dimension);
    }

    public static void CheckBucket(int bucket)
    {
        if (bucket is < CodecPlan.BucketMin or > CodecPlan.BucketMax || bucket % CodecPlan.BucketMultiple != 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(bucket), bucket,
                $"A bucket is a multiple of {CodecPlan.BucketMultiple}, {CodecPlan.BucketMin} to {CodecPlan.BucketMax}.");
        }
    }

    public static void CheckRange(ShardRange range, int dimension)
    {
        if (range.End > dimension)
        {
            throw new ArgumentOutOfRangeException(nameof(range), range, $"The vector has {dimension} coordinates.");
        }
    }

    public static void CheckRoom(ShardRange range, ReadOnlySpan<byte> payload, int size)
    {
        if (payload.Length != size)
        {
            throw new ArgumentException($"Room for the payload of {range} is {payload.Length} bytes; it takes {size}.", nameof(payload));
        }
    }

    public static void CheckResidual(ReadOnlySpan<float> residual, int dimension)
    {
        if (residual.Length != dimension)
        {
            throw new ArgumentException($"Residual has {residual.Length} coordinates, the codec {dimension}.", nameof(residual));
        }

        int wrong = FloatBits.IndexOfNonFinite(residual);
        if (wrong >= 0)
        {
            throw new ArgumentException($"Residual of coordinate {wrong} is {residual[wrong]}, not a finite number.", nameof(residual));
        }
    }

    public static void CheckNoResidual(ReadOnlySpan<float> residual, string kind)
    {
        if (!residual.IsEmpty)
        {
            throw new ArgumentException($"Codec {kind} keeps no residual, but was given one of {residual.Length} coordinates.", nameof(residual));
        }
    }

    public static InvalidOperationException NothingBegun() =>
        new("No update has begun: TryBegin was not called, or it answered false.");
}
