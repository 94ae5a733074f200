using System.Globalization;

namespace OrleansSgd.Client.Reports;

/// <summary>Numbers as people read them: the same on every machine, with a space between thousands.</summary>
internal static class Figures
{
    private static readonly NumberFormatInfo Format = new() { NumberGroupSeparator = " " };

    /// <summary><c>58 300</c>.</summary>
    public static string Count(double value) => double.IsFinite(value) ? value.ToString("N0", Format) : "–";

    /// <summary><c>2.9</c>.</summary>
    public static string One(double value) => double.IsFinite(value) ? value.ToString("N1", Format) : "–";

    /// <summary>Four digits that matter: <c>0.0712</c>, <c>12.35</c>, <c>3.2E+07</c>.</summary>
    public static string Digits(double value) => double.IsFinite(value) ? value.ToString("G4", CultureInfo.InvariantCulture) : "–";

    /// <summary><c>97.85 %</c> of a share between 0 and 1.</summary>
    public static string Percent(double share) => double.IsFinite(share) ? $"{(share * 100).ToString("F2", Format)} %" : "–";

    /// <summary><c>12.3 s</c>, <c>4 min 05 s</c>, <c>2 h 09 min</c>.</summary>
    public static string Duration(double seconds) => seconds switch
    {
        double.NaN or double.PositiveInfinity => "–",
        < 100 => $"{One(seconds)} s",
        < 5400 => string.Create(Format, $"{(int)seconds / 60} min {(int)seconds % 60:00} s"),
        _ => string.Create(Format, $"{(long)(seconds / 3600)} h {(int)(seconds % 3600) / 60:00} min"),
    };

    /// <summary><c>1 shard</c>, <c>4 shards</c>.</summary>
    public static string Of(long count, string noun) => count == 1 ? $"1 {noun}" : $"{Count(count)} {noun}s";
}
