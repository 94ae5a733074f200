using System.Globalization;

namespace OrleansSgd.Core.Chaos;

/// <summary>A moment since the run began, or a length of time, by one of the two clocks.</summary>
/// <param name="Clock">What it is counted by.</param>
/// <param name="Value">Seconds or tickets; finite, 0 or more; tickets are whole.</param>
public readonly record struct ChaosTime(ChaosClock Clock, double Value)
{
    /// <summary>How it is written, for error messages.</summary>
    public const string Wanted = "a number with its unit: 500ms, 30s, 5m, 1h, or 2000t for tickets";

    /// <summary>Largest value, of either clock: a century, and more tickets than any run has.</summary>
    public const double ValueMax = 1e12;

    // Longest first, so that "500ms" is not read as minutes of something.
    private static readonly (string Unit, ChaosClock Clock, double Size)[] Units =
    [
        ("ms", ChaosClock.Seconds, 1e-3), ("s", ChaosClock.Seconds, 1), ("m", ChaosClock.Seconds, 60), ("h", ChaosClock.Seconds, 3600),
        ("t", ChaosClock.Tickets, 1),
    ];

    /// <summary>So many seconds.</summary>
    public static ChaosTime OfSeconds(double seconds) => new(ChaosClock.Seconds, seconds);

    /// <summary>So many tickets.</summary>
    public static ChaosTime OfTickets(long tickets) => new(ChaosClock.Tickets, tickets);

    /// <summary>Reads <c>30s</c>, <c>500ms</c>, <c>5m</c>, <c>1h</c> or <c>2000t</c>.</summary>
    /// <returns>False when the text is none of them; tickets must be whole.</returns>
    public static bool TryParse(string text, out ChaosTime time)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach ((string unit, ChaosClock clock, double size) in Units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal)
                && double.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value))
            {
                time = new ChaosTime(clock, value * size);
                return time.IsValid;
            }
        }

        time = default;
        return false;
    }

    /// <summary>True for a value that a script may have.</summary>
    public bool IsValid => Value is >= 0 and <= ValueMax && (Clock == ChaosClock.Seconds || Math.Floor(Value) == Value);

    /// <summary>As <see cref="TryParse"/> reads it, to the last bit.</summary>
    public override string ToString() => Clock == ChaosClock.Tickets
        ? string.Create(CultureInfo.InvariantCulture, $"{Value:F0}t")
        : $"{Plain(Value)}s";

    // "R" turns to exponents for small numbers, which no unit could follow.
    private static string Plain(double value)
    {
        string shortest = value.ToString("R", CultureInfo.InvariantCulture);
        int at = shortest.IndexOf("E-", StringComparison.Ordinal);
        if (at < 0)
        {
            return shortest;
        }

        int zeros = int.Parse(shortest.AsSpan(at + 2), NumberStyles.None, CultureInfo.InvariantCulture) - 1;
        return $"0.{new string('0', zeros)}{shortest[..at].Replace(".", "", StringComparison.Ordinal)}";
    }
}
