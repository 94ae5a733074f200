using OrleansSgd.Silo.Chaos;

namespace OrleansSgd.Client.Chaos;

/// <summary>How long a run took to its full speed after a step.</summary>
/// <param name="Deed">The step.</param>
/// <param name="Seconds">NaN where the run ended before.</param>
/// <param name="UndisturbedSeconds">
/// How long the undisturbed run took to its own full speed from the same moment: what a machine that changes its speed does to a run without any churn. NaN
/// without one, or where it ended before.
/// </param>
internal sealed record ChaosRecovery(ChaosDeed Deed, double Seconds, double UndisturbedSeconds = double.NaN);
