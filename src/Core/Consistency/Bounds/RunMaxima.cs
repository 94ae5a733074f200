using OrleansSgd.Core.Consistency.Metering;

namespace OrleansSgd.Core.Consistency.Bounds;

/// <summary>The few measured numbers of a run that a predicted bound is made of. They only grow, except p.</summary>
public record struct RunMaxima()
{
    /// <summary>τ: largest delay.</summary>
    public int DelayMax { get; set; }

    /// <summary>M: largest ‖update‖ / (rate · steps), as it was sent; in gradient units.</summary>
    public double Magnitude { get; set; }

    /// <summary>γ: largest part held² / (held² + ‖update‖²) of what there was to send.</summary>
    public double Contraction { get; set; }

    /// <summary>Largest distance that a compressed answer left out of a view, over α.</summary>
    public double AnswerDistance { get; set; }

    /// <summary>p: fewest gradients that made one step.</summary>
    public int SlotCountMin { get; set; } = int.MaxValue;

    /// <summary>Updates seen.</summary>
    public long Count { get; set; }

    /// <summary>Takes up a finalised ticket; void ones and those of rate 0 do not count.</summary>
    public void Add(in FinalisedTicket ticket)
    {
        if (ticket.IsVoid || !(ticket.Rate > 0))
        {
            return;
        }

        Count++;
        DelayMax = Math.Max(DelayMax, ticket.Delay);
        Magnitude = Math.Max(Magnitude, Math.Sqrt(ticket.NormSquared) / (ticket.Rate * ticket.StepCount));
        SlotCountMin = Math.Min(SlotCountMin, ticket.SlotCount);
        if (ticket.HeldSquared > 0)
        {
            Contraction = Math.Max(Contraction, ticket.HeldSquared / (ticket.HeldSquared + ticket.NormSquared));
        }

        if (ticket.ViewErrorSquared > 0)
        {
            AnswerDistance = Math.Max(AnswerDistance, Math.Sqrt(ticket.ViewErrorSquared) / ticket.StepRate);
        }
    }
}
