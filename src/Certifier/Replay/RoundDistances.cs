using OrleansSgd.Certifier.Reading;

namespace OrleansSgd.Certifier.Replay;

/// <summary>What all rows of a round share: what workers held back before it, and how far they went by themselves on average.</summary>
internal sealed class RoundDistances(TicketWindow tickets, HeldMass held)
{
    private long _meanOf = -1;
    private double _mean;

    /// <summary>True when no row is still to come, so that rounds are as full as they will be.</summary>
    public bool IsOver { get; set; }

    /// <summary>True when everything that the mean of a row's round needs is settled.</summary>
    public bool IsKnown(LedgerRow row)
    {
        if (row.StepCount == 1 || row.SlotCount == 1 || _meanOf == row.RoundTicket)
        {
            return true;
        }

        double sum = 0;
        int count = 0;
        for (long ticket = row.RoundTicket; count < row.SlotCount; ticket++)
        {
            TicketEntry? entry = tickets.Find(ticket);
            if (entry is not { IsSettled: true })
            {
                if (!IsOver)
                {
                    return false;
                }

                if (entry is null && ticket >= tickets.End)
                {
                    break;
                }

                continue;
            }

            if (entry.Row is { } other && !entry.IsVoid)
            {
                if (other.RoundTicket > row.RoundTicket)
                {
                    break;
                }

                bool isOfRound = other.RoundTicket == row.RoundTicket;
                sum += isOfRound ? other.LocalDistance : 0;
                count += isOfRound ? 1 : 0;
            }
        }

        _meanOf = row.RoundTicket;
        _mean = count == 0 ? 0 : sum / count;
        return true;
    }

    /// <summary>H of a row whose turn has come, in parameter units; <see cref="IsKnown"/> answered true for it.</summary>
    /// <remarks>The first row of a round to come says what the workers held before it, also for those of the round that come later.</remarks>
    public double Of(LedgerRow row)
    {
        TicketEntry round = tickets.At(row.RoundTicket);
        round.HeldBefore ??= held.NormSum;
        return round.HeldBefore.Value + row.LocalDistance + (row.StepCount > 1 && row.SlotCount > 1 ? _mean : 0);
    }
}
