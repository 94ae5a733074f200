using OrleansSgd.Core.Chaos;

namespace OrleansSgd.Silo.Chaos;

/// <summary>One step of a script as it was done.</summary>
/// <param name="Step">What was done, or why not.</param>
/// <param name="Tickets">Tickets given out when it began.</param>
/// <param name="Seconds">When it began, since training did.</param>
/// <param name="SecondsTaken">How long the silo took to come or go.</param>
/// <param name="IsClear">Leave: whether everything was handed over in time; null for other steps.</param>
/// <param name="OfCoordinator">Whether the silo hosted the job's coordinator.</param>
public sealed record ChaosDeed(ChaosStep Step, long Tickets, double Seconds, double SecondsTaken, bool? IsClear, bool OfCoordinator);
