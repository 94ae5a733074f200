using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Core.Codecs;

/// <summary>The update that sends a whole residual, uncompressed: what a worker that leaves owes.</summary>
/// <remarks>
/// A range of zeros is no payload, any other is dense: the residual of a shard arrives to the last bit. The residual itself is left alone;
/// <see cref="IUpdateCodec.ClearResidual"/> follows once the update has its ticket.
/// </remarks>
public static class ResidualFlush
{
    /// <summary>Layout of the payload that <see cref="Write"/> makes for the range.</summary>
    public static PayloadKind KindOf(IUpdateCodec codec, ShardRange range) =>
        Of(codec, range).ContainsAnyExcept(0f) ? PayloadKind.Dense : PayloadKind.None;

    /// <summary>Writes the residual of the range.</summary>
    /// <param name="payload">4 bytes a coordinate, or none for <see cref="PayloadKind.None"/>.</param>
    /// <returns>Squared norm of what is sent.</returns>
    /// <exception cref="ArgumentException">The room has neither size. Nothing was written.</exception>
    public static double Write(IUpdateCodec codec, ShardRange range, Span<byte> payload)
    {
        if (payload.IsEmpty)
        {
            return 0;
        }

        ReadOnlySpan<float> residual = Of(codec, range);
        CodecArguments.CheckRoom(range, payload, residual.Length * FramePayload.ValueSize);
        residual.CopyTo(LittleEndian.Floats(payload));
        return SquareSum.Of(residual);
    }

    private static ReadOnlySpan<float> Of(IUpdateCodec codec, ShardRange range)
    {
        ArgumentNullException.ThrowIfNull(codec);
        return codec.Residual.IsEmpty ? [] : codec.Residual.Slice(range.Start, range.Length);
    }
}
