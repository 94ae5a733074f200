using System.Globalization;
using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>Keys of the kinds the factory takes, as text.</summary>
internal static class GrainKeys
{
    public static IdSpan FromInteger(long key) => IdSpan.Create(key.ToString("X", CultureInfo.InvariantCulture));

    public static long ParseInteger(GrainId id) =>
        long.TryParse(id.Key.ToString(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var key)
            ? key
            : throw new InvalidOperationException($"The key of {id} is not an integer; it was made from a string.");
}
