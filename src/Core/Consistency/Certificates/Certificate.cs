namespace OrleansSgd.Core.Consistency.Certificates;

/// <summary>The live convergence certificate: an upper bound of the average ‖∇f(x)‖² of the run that is being made.</summary>
/// <remarks>
/// <para>With r_t = rate of ticket t (α, or α / p in rounds of p), A = Σr_t and α ≤ 1 / L:</para>
/// <para>Σ r_t‖∇f(x_t)‖² / A ≤ 2·(f(x_a) − f(x_b) + J) / A + L²·Σr_t·D_t / A + L·Σr_t²·σ_t² / A, in expectation. In this
/// form single steps (S1) and rounds (S2) are the same sum. The biased form (S5) doubles the staleness, adds 2·Σr_t‖b_t‖² / A
/// and takes L·Σr_t·α_t·M_t² / A for the noise; it needs no limit on α.</para>
/// <para>Tickets come in order; losses are those at ticket-consistent cuts and close a stretch once all tickets before them
/// are in. Only closed stretches count. Not thread-safe; adding a step allocates nothing.</para>
/// </remarks>
public sealed class Certificate
{
    /// <summary>Cuts that may wait for tickets before them: evaluations lag by a few tickets, so more than this means tickets stopped.</summary>
    public const int CutsMax = 256;

    private readonly CertificateOptions _options;
    private readonly Queue<(long Ticket, double Loss, double Error)> _cuts = new();
    private readonly CertificateSums[] _segments;
    private CertificateSums _open;
    private CertificateSums _whole;
    private long _lastCut;
    private int _segmentCount;
    private int _nextSegment;

    /// <param name="options">What it stands on.</param>
    /// <param name="firstTicket">Ticket of the first step that counts.</param>
    /// <param name="loss">f at that cut.</param>
    /// <param name="lossError">Its standard error; 0 when exact.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    public Certificate(CertificateOptions options, long firstTicket, double loss, double lossError = 0)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        ArgumentOutOfRangeException.ThrowIfNegative(firstTicket);
        _options = options;
        _segments = new CertificateSums[options.SegmentsMax];
        _open = new CertificateSums(firstTicket, loss, lossError);
        _whole = new CertificateSums(firstTicket, loss, lossError);
        _lastCut = firstTicket;
    }

    /// <summary>The ticket that <see cref="Add"/> or <see cref="Skip"/> takes next.</summary>
    public long NextTicket => _open.EndTicket;

    /// <summary>Closed stretches that windows can be made of.</summary>
    public int SegmentCount => _segmentCount;

    /// <summary>The certificate of the whole run, up to the last evaluation.</summary>
    public CertificateValue Whole => CertificateVerdict.Of(_whole, _options);

    /// <summary>The certificate of the newest <paramref name="segmentCount"/> stretches between evaluations.</summary>
    /// <param name="segmentCount">1 or more; fewer are taken when there are not so many.</param>
    public CertificateValue Recent(int segmentCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(segmentCount, 1);
        int count = Math.Min(segmentCount, _segmentCount);
        if (count == 0)
        {
            return CertificateVerdict.Of(_whole, _options);
        }

        int at = (_nextSegment - count + _segments.Length) % _segments.Length;
        CertificateSums sums = _segments[at];
        for (int i = 1; i < count; i++)
        {
            sums.Append(_segments[(at + i) % _segments.Length]);
        }

        return CertificateVerdict.Of(sums, _options);
    }

    /// <summary>Adds the step of the next ticket.</summary>
    /// <exception cref="ArgumentException">Another ticket's turn. Nothing was added.</exception>
    public void Add(in CertificateStep step)
    {
        CheckTurn(step.Ticket);
        _open.Add(step, _options.Form);
        CloseWhatIsDue();
    }

    /// <summary>The next ticket is void: it is no step.</summary>
    /// <exception cref="ArgumentException">Another ticket's turn. Nothing was changed.</exception>
    public void Skip(long ticket)
    {
        CheckTurn(ticket);
        _open.EndTicket = ticket + 1;
        CloseWhatIsDue();
    }

    /// <summary>f was evaluated at the parameters just before <paramref name="ticket"/>.</summary>
    /// <param name="loss">f there.</param>
    /// <param name="lossError">Its standard error; 0 when exact.</param>
    /// <returns>False when the cut lies before the last one or before tickets that are in already: it is left out.</returns>
    /// <exception cref="InvalidOperationException"><see cref="CutsMax"/> cuts are waiting.</exception>
    public bool Cut(long ticket, double loss, double lossError = 0)
    {
        if (ticket < NextTicket || ticket <= _lastCut)
        {
            return false;
        }

        if (_cuts.Count == CutsMax)
        {
            throw new InvalidOperationException(
                $"{CutsMax} evaluations wait for ticket {NextTicket}; finalise it, or tombstone it when its worker is gone.");
        }

        _cuts.Enqueue((ticket, loss, lossError));
        _lastCut = ticket;
        CloseWhatIsDue();
        return true;
    }

    /// <summary>x was re-based before the next ticket, and the loss rose by it; negative when it fell.</summary>
    /// <param name="jump">f(x⁺) − f(x⁻), or an upper bound of it, in loss units.</param>
    public void Rebase(double jump)
    {
        if (double.IsFinite(jump))
        {
            _open.Jump += jump;
        }
        else
        {
            Break($"x was re-based before ticket {NextTicket} by an amount that has no bound.");
        }
    }

    /// <summary>Something happened that no term accounts for; the stretch it is in proves nothing.</summary>
    /// <param name="reason">What, as a sentence.</param>
    public void Break(string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        _open.Broken ??= reason;
    }

    private void CheckTurn(long ticket)
    {
        if (ticket != NextTicket)
        {
            throw new ArgumentException($"Ticket {ticket} came, but it is the turn of {NextTicket}; a gap would hide a step.", nameof(ticket));
        }
    }

    private void CloseWhatIsDue()
    {
        while (_cuts.TryPeek(out (long Ticket, double Loss, double Error) cut) && cut.Ticket == NextTicket)
        {
            _cuts.Dequeue();
            _open.LossEnd = cut.Loss;
            _open.LossEndError = cut.Error;
            _whole.Append(_open);
            _segments[_nextSegment] = _open;
            _nextSegment = (_nextSegment + 1) % _segments.Length;
            _segmentCount = Math.Min(_segmentCount + 1, _segments.Length);
            _open = new CertificateSums(cut.Ticket, cut.Loss, cut.Error);
        }
    }
}
