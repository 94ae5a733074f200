using OrleansSgd.Certifier.Reading;

namespace OrleansSgd.Certifier.Replay;

/// <summary>What one ticket comes to once everything up to it is settled.</summary>
/// <param name="Ticket">Its place in the order.</param>
/// <param name="Row">Its row; null when no shard has it and nobody told of it.</param>
/// <param name="IsVoid">True when it is no step.</param>
/// <param name="Delay">Tickets that some slice of its view lacked.</param>
/// <param name="DistanceSquared">D, in squared parameter units; 0 when void.</param>
/// <param name="Rebased">δ: how far x moved just before, because something was lost for good; 0 nearly always.</param>
/// <param name="HeldBefore">Σ over workers of what they held back just before.</param>
internal readonly record struct FinalisedTicket(
    long Ticket, LedgerRow? Row, bool IsVoid, int Delay, double DistanceSquared, double Rebased, double HeldBefore)
{
    /// <summary>D / α²; meaningful when α is above 0.</summary>
    public double Gap => DistanceSquared / (Row!.StepRate * Row.StepRate);

    /// <summary>True when delay and gap of it count in means.</summary>
    public bool IsMeasured => !IsVoid && Row!.StepRate > 0;
}
