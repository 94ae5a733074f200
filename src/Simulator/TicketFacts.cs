namespace OrleansSgd.Simulator;

/// <summary>Everything that was really done for one ticket, kept apart from what the ledger is told.</summary>
internal sealed record TicketFacts
{
    public required long Ticket { get; init; }

    /// <summary>x is taken just before this ticket.</summary>
    public required long RoundTicket { get; init; }

    public required int Worker { get; init; }

    public required int Incarnation { get; init; }

    /// <summary>What each gradient moves x by, over the gradient.</summary>
    public required double Rate { get; init; }

    /// <summary>α.</summary>
    public required double StepRate { get; init; }

    /// <summary>The points at which gradients were computed, [steps][d]; none when residuals are flushed.</summary>
    public required float[][] Points { get; init; }

    /// <summary>What a shard subtracts, decoded, [d].</summary>
    public required float[] Update { get; init; }

    /// <summary>What the worker holds back after it, [d]; empty for nothing.</summary>
    public required float[] Held { get; init; }

    /// <summary>True when every gradient is a step of its own, so that x moves along with local steps.</summary>
    public bool IsSingleStep { get; init; }
}
