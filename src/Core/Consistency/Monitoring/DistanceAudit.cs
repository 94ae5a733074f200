using OrleansSgd.Core.Consistency.Metering;

namespace OrleansSgd.Core.Consistency.Monitoring;

/// <summary>Holds exact distances of single tickets against the bounds that the ledger gave for them.</summary>
internal sealed class DistanceAudit(int ticketsMax)
{
    // An audit is one step in many; more waiting than this means that tickets stopped being finalised.
    private const int WaitingMax = 1024;

    // Views, parameters and the audit's own subtraction are f32.
    private const double HalfUlp = 1.0 / (1 << 24);

    private readonly double[] _bounds = new double[ticketsMax];
    private readonly Dictionary<long, double> _waiting = [];
    private long _next;

    /// <summary>Audits that were compared.</summary>
    public long Count { get; private set; }

    /// <summary>Audits that came too late or too early to be compared.</summary>
    public long LeftOutCount { get; private set; }

    /// <summary>A ticket was finalised; answers what is wrong with it when its audit waited.</summary>
    /// <param name="parameterNorm">‖x‖, for the rounding of f32; 0 when it is not known, and then nothing is compared.</param>
    public string? Finalised(in FinalisedTicket ticket, double parameterNorm)
    {
        _bounds[ticket.Ticket & (ticketsMax - 1)] = ticket.IsVoid ? double.NaN : ticket.StaleBoundSquared;
        _next = ticket.Ticket + 1;
        return _waiting.Count > 0 && _waiting.Remove(ticket.Ticket, out double exact)
            ? Compare(ticket.Ticket, exact, parameterNorm)
            : null;
    }

    /// <summary>Takes an exact ‖x − v‖², residuals left out; answers what is wrong.</summary>
    public string? Take(long ticket, double exactSquared, double parameterNorm)
    {
        if (ticket < _next)
        {
            if (ticket >= _next - ticketsMax)
            {
                return Compare(ticket, exactSquared, parameterNorm);
            }

            LeftOutCount++;
        }
        else if (_waiting.Count < WaitingMax)
        {
            _waiting[ticket] = exactSquared;
        }
        else
        {
            LeftOutCount++;
        }

        return null;
    }

    private string? Compare(long ticket, double exactSquared, double parameterNorm)
    {
        double bound = _bounds[ticket & (ticketsMax - 1)];
        if (double.IsNaN(bound) || parameterNorm == 0)
        {
            // A void ticket has no bound; and without ‖x‖ nobody knows what rounding can do.
            LeftOutCount++;
            return null;
        }

        Count++;

        // Each missing update was rounded into x once, and adds half a unit of x's last place at most; eight are room for as many as matter.
        double allowed = (Math.Sqrt(bound) * (1 + 1e-5)) + (8 * HalfUlp * parameterNorm);
        return Math.Sqrt(exactSquared) <= allowed
            ? null
            : $"Ticket {ticket} was exactly {Math.Sqrt(exactSquared):g6} from its view, but the ledger's bound is {Math.Sqrt(bound):g6}: a view claims " +
                "updates it does not have, or norms or rates are told too small.";
    }
}
