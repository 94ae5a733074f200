namespace OrleansSgd.Certifier.Reading;

/// <summary>f at a ticket-consistent cut.</summary>
/// <param name="Ticket">It was measured just before this one.</param>
/// <param name="Loss">f there.</param>
/// <param name="Error">Its standard error.</param>
/// <param name="GradientSquared">‖∇f‖² there; NaN when not measured.</param>
/// <param name="Projections">x with each shard's fixed random vector; empty when not measured.</param>
internal sealed record LossCut(long Ticket, double Loss, double Error, double GradientSquared, double[] Projections)
{
    /// <summary>Reads <c>ledger.cut</c>.</summary>
    public static LossCut Read(LedgerSpan span, int shards)
    {
        double error = span.Real("loss_error");
        double gradient = span.RealOrNaN("gradient_squared");
        double[] projections = [];
        if (span.Has("projections"))
        {
            var bytes = new PackedBytes(span, "projections");
            projections = new double[shards];
            foreach (ref double projection in projections.AsSpan())
            {
                projection = bytes.Real();
            }

            if (!bytes.IsAtEnd)
            {
                throw bytes.Wrong($"holds more than {shards} numbers, one a shard");
            }
        }

        return error < 0 || gradient < 0
            ? throw span.Wrong("loss_error", $"is {error}, gradient_squared {gradient}; expected 0 or more")
            : new LossCut(span.Count("ticket"), span.Real("loss"), error, gradient, projections);
    }
}
