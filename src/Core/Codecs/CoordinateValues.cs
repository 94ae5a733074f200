namespace OrleansSgd.Core.Codecs;

/// <summary>Coordinates, ascending, each with its value beside it.</summary>
/// <remarks>Looked up again in a long vector, a value is a wait for memory; beside its coordinate it is still in the cache.</remarks>
internal sealed class CoordinateValues
{
    /// <summary>Places beyond the last that loops may overwrite: they write whole vectors, of which only the first lanes count.</summary>
    public const int Slack = 16;

    private readonly int[] _coordinates;
    private readonly float[] _values;

    /// <param name="countMax">How many there is room for.</param>
    public CoordinateValues(int countMax)
    {
        CountMax = countMax;
        _coordinates = new int[countMax + Slack];
        _values = new float[countMax + Slack];
    }

    public int CountMax { get; }

    /// <summary>How many there are, 0 .. <see cref="CountMax"/>.</summary>
    public int Count { get; set; }

    public ReadOnlySpan<int> Coordinates => _coordinates.AsSpan(0, Count);

    public ReadOnlySpan<float> Values => _values.AsSpan(0, Count);

    /// <summary>[<see cref="CountMax"/> + <see cref="Slack"/>], for the loops that fill it.</summary>
    public Span<int> CoordinateRoom => _coordinates;

    /// <summary>[<see cref="CountMax"/> + <see cref="Slack"/>], for the loops that fill it.</summary>
    public Span<float> ValueRoom => _values;
}
