namespace OrleansSgd.Core.Scheduling.Gates;

/// <summary>One value a place, and the least value of all places before a given one, in O(log n).</summary>
/// <remarks>
/// A complete binary tree in an array: the leaves are the places, every other node is the lesser of its two children.
/// A place that holds nothing holds +∞.
/// </remarks>
internal sealed class EarlierMinimum
{
    private readonly double[] _nodes;

    /// <param name="placesMin">Places wanted, at least 1; there are as many as the next power of two.</param>
    public EarlierMinimum(int placesMin)
    {
        PlaceCount = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)placesMin);
        _nodes = new double[2 * PlaceCount];
        Clear();
    }

    /// <summary>Places, from 0.</summary>
    public int PlaceCount { get; }

    /// <summary>The least value of all; +∞ when every place is empty.</summary>
    public double Least => _nodes[1];

    /// <summary>Value of a place.</summary>
    public double this[int place] => _nodes[PlaceCount + place];

    /// <summary>Empties every place.</summary>
    public void Clear() => Array.Fill(_nodes, double.PositiveInfinity);

    /// <summary>Puts a value at a place; +∞ empties it.</summary>
    public void Set(int place, double value)
    {
        int node = PlaceCount + place;
        _nodes[node] = value;
        for (node /= 2; node >= 1; node /= 2)
        {
            _nodes[node] = Math.Min(_nodes[2 * node], _nodes[(2 * node) + 1]);
        }
    }

    /// <summary>The least value of the places 0 .. <paramref name="place"/> − 1; +∞ when they are empty.</summary>
    public double Before(int place)
    {
        double least = double.PositiveInfinity;
        for (int node = PlaceCount + place; node > 1; node /= 2)
        {
            if (node % 2 == 1)
            {
                least = Math.Min(least, _nodes[node - 1]); // all of the subtree to the left is earlier
            }
        }

        return least;
    }

    /// <summary>The first place that holds <see cref="Least"/>.</summary>
    public int LeastPlace()
    {
        int node = 1;
        while (node < PlaceCount)
        {
            node *= 2;
            node += _nodes[node] <= _nodes[node + 1] ? 0 : 1;
        }

        return node - PlaceCount;
    }
}
