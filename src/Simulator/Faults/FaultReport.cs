namespace OrleansSgd.Simulator.Faults;

/// <summary>What became of one run under faults.</summary>
/// <param name="FirstLine">The seed and every rate, on one line: with it the run can be had again.</param>
/// <param name="Findings">What was broken, each with the name of its check and numbers; empty when all is well.</param>
/// <param name="Events">Events that happened in the run.</param>
/// <param name="Summary">What the run did and lost, on one line.</param>
public sealed record FaultReport(string FirstLine, IReadOnlyList<string> Findings, long Events, string Summary);
