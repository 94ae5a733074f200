using OrleansSgd.Core.Frames;

namespace OrleansSgd.Core.Shards;

/// <summary>Where a shard's slice lies: in memory of its own, or inside the newest dense answer, which its reader may be reading as well.</summary>
/// <remarks>
/// A dense update is made from the slice and the push into the answer in one pass, and the answer is the slice from then on: nothing is copied, and nobody
/// writes to what is being read. An update in place needs memory of its own first.
/// </remarks>
internal sealed class SliceHome(float[] own)
{
    private float[]? _own = own;
    private int _at;

    /// <summary>Coordinates.</summary>
    public int Length { get; } = own.Length;

    /// <summary>The answer the slice lies in; null when it has memory of its own.</summary>
    public byte[]? Answer { get; private set; }

    /// <summary>x, [length].</summary>
    public ReadOnlySpan<float> Values => _own ?? ValuesIn(Answer!, _at);

    /// <summary>x, [length], to be changed in place: copied out of an answer when it lies in one.</summary>
    public Span<float> Own()
    {
        if (_own is null)
        {
            _own = Values.ToArray();
            Answer = null;
        }

        return _own;
    }

    /// <summary>x ← x − scale · values, each product rounded, into an answer; the slice lies there from now on.</summary>
    /// <param name="values">[length].</param>
    /// <param name="scale">1 for values as they are.</param>
    /// <param name="answer">Another buffer than the one it lies in.</param>
    /// <param name="at">First byte of the slice in it.</param>
    /// <returns>False when a product is not finite; then nothing was changed.</returns>
    public bool TrySubtractInto(ReadOnlySpan<float> values, float scale, byte[] answer, int at)
    {
        if (!FloatLoops.TrySubtract(Values, values, scale, ValuesIn(answer, at)))
        {
            return false;
        }

        (_own, Answer, _at) = (null, answer, at);
        return true;
    }

    private Span<float> ValuesIn(byte[] answer, int at) => LittleEndian.Floats(answer.AsSpan(at, Length * sizeof(float)));
}
