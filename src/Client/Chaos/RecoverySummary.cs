namespace OrleansSgd.Client.Chaos;

/// <summary>Several recoveries in three figures, in seconds; NaN where there is none.</summary>
/// <param name="Median">The upper one of an even number.</param>
/// <param name="Max">The longest.</param>
/// <param name="UndisturbedMax">The longest of the undisturbed run, from the same moments.</param>
internal readonly record struct RecoverySummary(double Median, double Max, double UndisturbedMax)
{
    /// <summary>Sums up those that came to an end.</summary>
    public static RecoverySummary Of(IEnumerable<ChaosRecovery> recoveries)
    {
        ChaosRecovery[] all = [.. recoveries];
        double[] seconds = Finite(all.Select(one => one.Seconds));
        double[] undisturbed = Finite(all.Select(one => one.UndisturbedSeconds));
        return new(
            seconds.Length == 0 ? double.NaN : seconds[seconds.Length / 2],
            seconds.Length == 0 ? double.NaN : seconds[^1],
            undisturbed.Length == 0 ? double.NaN : undisturbed[^1]);
    }

    private static double[] Finite(IEnumerable<double> seconds) => [.. seconds.Where(double.IsFinite).Order()];
}
