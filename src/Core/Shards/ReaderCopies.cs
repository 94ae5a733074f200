using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Frames;

namespace OrleansSgd.Core.Shards;

/// <summary>What each reader of a shard has, where answers carry only the coordinates that are furthest off: server-side compression.</summary>
/// <remarks>
/// What is not sent is not lost: it stays in the difference between the slice and the reader's copy, and is sent once it is
/// among the largest. So the difference is the server's residual, one per reader, and its norm goes with every answer.
/// One slice of memory for each reader.
/// </remarks>
internal sealed class ReaderCopies
{
    private readonly Dictionary<int, Copy> _copies = [];
    private readonly LargestCoordinates _largest;
    private readonly float[] _difference;

    private sealed class Copy(int length)
    {
        public int Incarnation { get; set; }

        public long Version { get; set; } = -1;

        // Negated, so that the slice plus it is what the reader lacks.
        public float[] Negated { get; } = new float[length];
    }

    /// <param name="length">Coordinates of the shard.</param>
    /// <param name="count">Coordinates an answer carries at most; 1 .. length.</param>
    public ReaderCopies(int length, int count)
    {
        _largest = new LargestCoordinates(length, count);
        _difference = new float[length];
    }

    /// <summary>Chooses what to answer, and takes it that the reader gets it.</summary>
    /// <param name="reader">Number of the worker.</param>
    /// <param name="incarnation">Its life.</param>
    /// <param name="sinceVersion">The version it says it has; −1 for none.</param>
    /// <param name="version">The version of the slice.</param>
    /// <param name="parameters">The slice.</param>
    /// <param name="changed">Receives the coordinates to send, ascending.</param>
    /// <param name="count">How many.</param>
    /// <param name="errorSquared">Squared distance between the slice and what the reader has then.</param>
    /// <returns>False when it must get the whole slice: what it has is not known here.</returns>
    public bool TryAnswer(
        int reader, int incarnation, long sinceVersion, long version, ReadOnlySpan<float> parameters, Span<uint> changed,
        out int count, out double errorSquared)
    {
        if (!_copies.TryGetValue(reader, out Copy? copy))
        {
            _copies.Add(reader, copy = new Copy(parameters.Length));
        }

        bool isKnown = copy.Incarnation == incarnation && copy.Version >= 0 && copy.Version == sinceVersion
            && _largest.TrySelect(parameters, 1, copy.Negated, _difference);
        copy.Incarnation = incarnation;
        count = 0;
        errorSquared = 0;
        if (!isKnown || _largest.Count > changed.Length)
        {
            copy.Version = version;
            System.Numerics.Tensors.TensorPrimitives.Negate(parameters, copy.Negated);
            return false;
        }

        if (sinceVersion < version)
        {
            foreach (int coordinate in _largest.Selected)
            {
                changed[count++] = (uint)coordinate;
                copy.Negated[coordinate] = -parameters[coordinate];
                _difference[coordinate] = 0;
            }

            copy.Version = version;
        }

        errorSquared = SquareSum.Of(_difference);
        return true;
    }
}
