using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Core.Codecs;

/// <summary>Turns a gradient into the payloads of one update, one per shard, and keeps what it does not send.</summary>
/// <remarks>
/// <para>The choice of what to send is made once, over the whole vector [d], so it does not depend on how many
/// shards there are. Then every shard's range is written, each once.</para>
/// <para>Everything is in parameter units: the rate is multiplied in before anything is kept or sent, so a
/// residual stays right when the rate changes.</para>
/// <para>Invariant: sent + residual′ = residual + rate · gradient in every coordinate, where the right-hand side is
/// rounded to f32 after the product and after the sum. It is exact where a coordinate is sent whole or not at all; a codec
/// that rounds what it sends rounds the rest once more: residual′ = u − sent, to the nearest f32. Codecs without a residual
/// drop what is not sent.</para>
/// <para>Owned by one worker; not thread-safe. The steady state allocates nothing.</para>
/// </remarks>
public interface IUpdateCodec
{
    /// <summary>The name used in job files.</summary>
    string Kind { get; }

    /// <summary>d, coordinates of the whole vector.</summary>
    int Dimension { get; }

    /// <summary>Takes up u = residual + rate · gradient and chooses what to send.</summary>
    /// <param name="gradient">[d]; borrowed, unchanged by both sides, until the last range is written.</param>
    /// <param name="rate">Learning rate α; finite, 0 or more.</param>
    /// <returns>
    /// False when some coordinate of u, or the scale of some bucket, is not finite: the run diverged. Then nothing changed,
    /// and there is nothing to write.
    /// </returns>
    /// <remarks>Ranges of an earlier update that were never written stay in the residual and are taken up again.</remarks>
    /// <exception cref="ArgumentException">Wrong length or rate: a bug in the caller. Nothing changed.</exception>
    bool TryBegin(float[] gradient, float rate);

    /// <summary>As <see cref="TryBegin(float[], float)"/>, of a gradient that nobody needs any more: u is made in its place, one stream of memory less.</summary>
    /// <param name="gradient">[d], the codec's from now on; becomes an array of the caller's again, as long, with values of no use.</param>
    /// <param name="rate">Learning rate α; finite, 0 or more.</param>
    /// <param name="norm">‖gradient‖, where the caller has it already: no coordinate is larger. NaN otherwise.</param>
    /// <remarks>Everything sent and kept is the same in every bit. After an answer of false the gradient is of no use either.</remarks>
    bool TryBegin(ref float[] gradient, float rate, double norm = double.NaN) => TryBegin(gradient, rate);

    /// <summary>Whether an update of this gradient would go as it is: rate · gradient, whole, with nothing held back before or after.</summary>
    /// <remarks>Then frames may carry the gradient itself, with the rate beside it (<see cref="PayloadKind.DenseScaled"/>): see <see cref="Lend"/>.</remarks>
    bool SendsAll(ReadOnlySpan<float> gradient) => false;

    /// <summary>Begins an update that its caller sends itself, after a yes of <see cref="SendsAll"/>: there is nothing to <see cref="Write"/>.</summary>
    /// <param name="normSquared">‖rate · gradient‖², finite.</param>
    /// <exception cref="NotSupportedException">The codec sends something else.</exception>
    void Lend(double normSquared) => throw new NotSupportedException($"What {Kind} sends is not the gradient.");

    /// <summary>Layout of the payload that <see cref="Write"/> makes for the range.</summary>
    PayloadKind KindOf(ShardRange range);

    /// <summary>Values in the payload of the range.</summary>
    int EntryCount(ShardRange range);

    /// <summary>Bytes in the payload of the range.</summary>
    int PayloadSize(ShardRange range);

    /// <summary>Writes the payload of one range and takes what it sends out of the residual.</summary>
    /// <param name="range">Any range inside [0, d); each coordinate once per update.</param>
    /// <param name="payload">Exactly <see cref="PayloadSize"/> bytes.</param>
    /// <returns>Squared norm of what is sent: the bits of <see cref="FramePayload.NormSquared"/>.</returns>
    /// <exception cref="InvalidOperationException">No update has begun.</exception>
    /// <exception cref="ArgumentException">The range or the room is wrong. Nothing changed.</exception>
    double Write(ShardRange range, Span<byte> payload);

    /// <summary>
    /// [d]: what is not sent yet; the whole of u between <see cref="TryBegin(float[], float)"/> and <see cref="Write"/>. Empty when the codec keeps none.
    /// </summary>
    ReadOnlySpan<float> Residual { get; }

    /// <summary>Squared norm of the residual, computed on each call in O(d); 0 when the codec keeps none.</summary>
    double ResidualNormSquared { get; }

    /// <summary>γ = ‖u − Q(u)‖² / ‖u‖² of the last update begun; 0 when u is 0, NaN before the first.</summary>
    /// <remarks>
    /// Measured with u, before the first <see cref="Write"/>, whatever the shards. 0 for dense. Above 1 only for a codec that sends
    /// unbiased values without error feedback.
    /// </remarks>
    double Gamma { get; }

    /// <summary>‖u‖² of the last update begun; NaN before the first. Ask before the gradient changes: where nobody asks it may never be computed.</summary>
    double UpdateNormSquared { get; }

    /// <summary>Number of the next update, from 0: with the seed, all that random choices depend on.</summary>
    /// <remarks>Counts the updates begun. Set it with <see cref="LoadResidual"/> after a restore, and the same choices are made again.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">Set below 0.</exception>
    long NextUpdate { get; set; }

    /// <summary>‖Q(u)‖ is never more than this times ‖u‖; 1 unless values are rounded up.</summary>
    double GrowthMax => 1;

    /// <summary>Makes the last update begun not to have been, as when its ticket was refused: the residual is what it was before.</summary>
    /// <remarks>
    /// Free, however much of it was written. <see cref="NextUpdate"/> is set back too, so the same gradient makes the same choices again.
    /// </remarks>
    /// <exception cref="InvalidOperationException">No update has begun since the last call, or since the residual was replaced.</exception>
    void TakeBack();

    /// <summary>Forgets the residual and any update begun.</summary>
    void ClearResidual();

    /// <summary>Replaces the residual, as after a restore, and forgets any update begun.</summary>
    /// <param name="residual">[d], finite; empty for a codec that keeps none.</param>
    /// <exception cref="ArgumentException">Wrong length, or a value is not finite. Nothing changed.</exception>
    void LoadResidual(ReadOnlySpan<float> residual);
}
