using OrleansSgd.Certifier.Reading;
using OrleansSgd.Certifier.Replay;

namespace OrleansSgd.Certifier.Figures;

/// <summary>The certificate of the whole run, summed up again from finalised tickets and cuts.</summary>
/// <remarks>L is known only at the end, so J is kept in two parts, one of which it multiplies.</remarks>
/// <param name="cuts">All cuts, ascending: the trace tells a loss when it was measured, which may be long after its ticket.</param>
internal sealed class CertificateReplay(LedgerOpening opening, IEnumerable<LossCut> cuts)
{
    private readonly Queue<LossCut> _waiting = new(cuts);
    private readonly NoiseReplay _noise = new();
    private CertificateSums _whole;
    private CertificateSums _open;
    private LossCut? _first;
    private LossCut? _last;
    private double _path;
    private const int SecantGroup = 8;

    private readonly List<double> _secants = [];
    private double _secantMax = double.NaN;
    private double _secantMaxAtCut = double.NaN;

    /// <summary>Cuts that closed a stretch, or opened the first.</summary>
    public int CutCount { get; private set; }

    /// <summary>Nothing is finalised yet: the first cut may stand before the first ticket.</summary>
    public void Begin() => CloseWhatIsDue(0);

    /// <summary>x moved without a step, before the next ticket.</summary>
    /// <param name="distance">δ.</param>
    /// <param name="held">Σ of what workers held back just before.</param>
    public void Rebase(double distance, double held)
    {
        if (distance == 0)
        {
            return;
        }

        double gradient = _last is null ? double.NaN : Math.Sqrt(_last.GradientSquared);
        if (double.IsNaN(gradient))
        {
            // Before the first cut nothing counts yet.
            _open.Broken = "x was re-based by a loss, and the cut before it has no gradient that bounds what that cost.";
        }
        else
        {
            _open.Jump += gradient * distance;
            _open.JumpPerSmoothness += distance * (_path + held + (distance / 2));
        }

        _path += distance;
    }

    /// <summary>Something happened that no term accounts for: the whole run proves nothing.</summary>
    public void Break(string reason) => _whole.Broken ??= reason;

    /// <summary>Adds the next finalised ticket.</summary>
    public void Add(in FinalisedTicket ticket)
    {
        LedgerRow? row = ticket.Row;
        if (row is not null && !ticket.IsVoid)
        {
            _path += Math.Sqrt(row.NormSquared);
        }

        Rebase(ticket.Rebased, ticket.HeldBefore);
        if (row is not null && !ticket.IsVoid)
        {
            if (row.Rate > 0)
            {
                Take(row.SecantGradient / row.SecantDistance);
                _noise.Add(opening.IsBiased ? row.GradientSquared : row.HalfDifferenceSquared / 4);
            }

            if (_first is not null)
            {
                _open.Add(row, ticket.DistanceSquared, opening.IsBiased);
            }
        }

        CloseWhatIsDue(ticket.Ticket + 1);
    }

    /// <summary>The certificate from the first cut to the last.</summary>
    /// <param name="smoothness">L; NaN when it is estimated from the rows.</param>
    public CertificateParts Parts(double smoothness)
    {
        double estimated = _secantMaxAtCut > 0 ? 2 * _secantMaxAtCut : double.NaN;
        return CertificateParts.Of(_whole, opening, _first, _last, double.IsNaN(smoothness) ? estimated : smoothness, !double.IsNaN(smoothness));
    }

    // Secants of batches are noisy, never too small on the average: groups of eight give their root mean square.
    private void Take(double secant)
    {
        if (!double.IsFinite(secant))
        {
            return;
        }

        _secants.Add(secant);
        if (_secants.Count % SecantGroup == 0)
        {
            double meanSquare = _secants.TakeLast(SecantGroup).Average(one => one * one);
            _secantMax = _secants.Count == SecantGroup ? Math.Sqrt(meanSquare) : Math.Max(_secantMax, Math.Sqrt(meanSquare));
        }
        else if (_secants.Count < SecantGroup)
        {
            _secantMax = _secants.Max();
        }
    }

    private void CloseWhatIsDue(long next)
    {
        while (_waiting.TryPeek(out LossCut? cut) && cut.Ticket == next)
        {
            _waiting.Dequeue();
            double noise = _noise.Close();
            if (_first is null)
            {
                _first = cut;
            }
            else
            {
                _open.Close(noise);
                _whole.Append(_open);
            }

            _open = default;
            _path = 0;
            _last = cut;
            _secantMaxAtCut = _secantMax;
            CutCount++;
        }
    }
}
