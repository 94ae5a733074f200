namespace OrleansSgd.Core.Vectors;

/// <summary>One contiguous range [start, end) of the parameter vector; never empty.</summary>
public readonly record struct ShardRange
{
    /// <exception cref="ArgumentOutOfRangeException">start is negative, or end is not above start.</exception>
    public ShardRange(int start, int end)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(end, start);
        Start = start;
        End = end;
    }

    /// <summary>First coordinate of the range.</summary>
    public int Start { get; }

    /// <summary>One past the last coordinate.</summary>
    public int End { get; }

    /// <summary>Coordinates in the range.</summary>
    public int Length => End - Start;

    /// <inheritdoc/>
    public override string ToString() => $"[{Start}, {End})";
}
