namespace OrleansSgd.Simulator;

/// <summary>The truth at one ticket cut.</summary>
/// <param name="Ticket">x is taken just before it.</param>
/// <param name="Seconds">Virtual time.</param>
/// <param name="Loss">f at the shards' parameters.</param>
/// <param name="GradientSquared">‖∇f‖² there.</param>
public readonly record struct LossPoint(long Ticket, double Seconds, double Loss, double GradientSquared);
