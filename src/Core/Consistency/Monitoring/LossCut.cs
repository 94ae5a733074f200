namespace OrleansSgd.Core.Consistency.Monitoring;

/// <summary>What was measured at a ticket-consistent cut: the parameters just before one ticket, as the shards have them.</summary>
public readonly record struct LossCut
{
    /// <summary>Everything below it is in the parameters, nothing else is.</summary>
    public long Ticket { get; init; }

    /// <summary>f there.</summary>
    public double Loss { get; init; }

    /// <summary>Its standard error, 0 when exact; includes what residuals can add.</summary>
    public double LossError { get; init; }

    /// <summary>‖∇f‖² there; NaN when not measured.</summary>
    public double GradientNormSquared { get; init; }

    /// <summary>Products of the parameters with the shards' fixed random vectors, by shard; empty when not measured.</summary>
    public double[] Projections { get => field ?? []; init; }

    /// <summary>Squared norms of the parameters, by shard, for the tolerance of the balance; empty when not measured.</summary>
    public double[] NormsSquared { get => field ?? []; init; }
}
