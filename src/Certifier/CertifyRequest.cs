namespace OrleansSgd.Certifier;

/// <summary>What is to be certified.</summary>
/// <param name="Files">The trace's files: of each silo that wrote one.</param>
/// <param name="Job">Id of the job; null when the trace holds only one.</param>
/// <param name="Bound">B that gaps are tested against; NaN for the one that the run was tested against.</param>
public sealed record CertifyRequest(IReadOnlyList<string> Files, string? Job = null, double Bound = double.NaN);
