using System.Runtime.InteropServices;

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

    private CertificateOptions _options;
    private readonly Queue<(long Ticket, double Loss, double Error, double Noise)> _cuts = new();

    // Stretches whose losses are still being measured, oldest first, without the open one.
    private readonly List<CertificateSums> _waiting = [];
    private readonly CertificateSums[] _segments;
    private double _smoothness;
    private CertificateSums _open;
    private CertificateSums _whole;
    private bool _started;
    private long _lastCut;
    private int _segmentCount;
    private int _nextSegment;

    /// <param name="options">What it stands on.</param>
    /// <param name="firstTicket">Ticket of the first step that counts.</param>
    /// <param name="loss">f at that cut; NaN when it is told later.</param>
    /// <param name="lossError">Its standard error; 0 when exact.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    public Certificate(CertificateOptions options, long firstTicket, double loss, double lossError = 0)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        ArgumentOutOfRangeException.ThrowIfNegative(firstTicket);
        _options = options;
        _smoothness = options.Smoothness;
        _segments = new CertificateSums[options.SegmentsMax];
        _open = new CertificateSums(firstTicket, loss, lossError);
        _whole = new CertificateSums(firstTicket, loss, lossError);
        _started = !double.IsNaN(loss);
        _lastCut = firstTicket;
    }

    /// <summary>L: enters only when the certificate is read, so it may change while the run goes on; NaN when it is not known.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Neither NaN nor a finite number above 0.</exception>
    public double Smoothness
    {
        get => _smoothness;
        set => _smoothness = CertificateOptions.IsSmoothness(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "L is a finite number above 0, or NaN when it is not known.");
    }

    /// <summary>L turns out to be known, exactly or as an upper bound.</summary>
    /// <param name="smoothness">Finite, above 0.</param>
    public void KnowSmoothness(double smoothness)
    {
        Smoothness = smoothness;
        _options = _options with { Smoothness = smoothness, SmoothnessIsExact = true };
    }

    /// <summary>The ticket that <see cref="Add"/> or <see cref="Skip"/> takes next.</summary>
    public long NextTicket => _open.EndTicket;

    /// <summary>Closed stretches that windows can be made of.</summary>
    public int SegmentCount => _segmentCount;

    /// <summary>The certificate of the whole run, up to the last evaluation.</summary>
    public CertificateValue Whole => CertificateVerdict.Of(_whole, _options, _smoothness);

    /// <summary>The certificate of the newest <paramref name="segmentCount"/> stretches between evaluations.</summary>
    /// <param name="segmentCount">1 or more; fewer are taken when there are not so many.</param>
    public CertificateValue Recent(int segmentCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(segmentCount, 1);
        int count = Math.Min(segmentCount, _segmentCount);
        if (count == 0)
        {
            return CertificateVerdict.Of(_whole, _options, _smoothness);
        }

        int at = (_nextSegment - count + _segments.Length) % _segments.Length;
        CertificateSums sums = _segments[at];
        for (int i = 1; i < count; i++)
        {
            sums.Append(_segments[(at + i) % _segments.Length]);
        }

        return CertificateVerdict.Of(sums, _options, _smoothness);
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
    /// <param name="noise">σ², or M² in the biased form, of the steps since the cut before that did not say their own; NaN when it is not known.</param>
    /// <returns>False when the cut lies before the last one or before tickets that are in already: it is left out.</returns>
    /// <exception cref="InvalidOperationException"><see cref="CutsMax"/> cuts are waiting.</exception>
    public bool Cut(long ticket, double loss, double lossError = 0, double noise = double.NaN)
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

        _cuts.Enqueue((ticket, loss, lossError, noise));
        _lastCut = ticket;
        CloseWhatIsDue();
        return true;
    }

    /// <summary>A loss will be told of the parameters just before the next ticket; until then steps go on.</summary>
    /// <remarks>A mark that no loss is told of counts for nothing once a later one is. Beyond <see cref="CutsMax"/> the oldest one is dropped.</remarks>
    public void Mark()
    {
        if (_open.EndTicket == _open.FirstTicket)
        {
            return;
        }

        if (_waiting.Count == CutsMax)
        {
            MergeWaiting(1);
        }

        _waiting.Add(_open);
        _open = new CertificateSums(_open.EndTicket, double.NaN, 0);
    }

    /// <summary>f at the parameters just before a ticket that was marked.</summary>
    /// <param name="loss">f there.</param>
    /// <param name="lossError">Its standard error; 0 when exact.</param>
    /// <param name="noise">As for <see cref="Cut"/>.</param>
    /// <param name="gradientNorm">‖∇f‖ there, for what re-basings after it can mean; NaN when it was not measured.</param>
    /// <returns>False when the ticket was not marked, or lies before the last one told of: it is left out.</returns>
    public bool Tell(long ticket, double loss, double lossError, double noise, double gradientNorm)
    {
        if (ticket == FirstWaiting)
        {
            if (_started)
            {
                return false;
            }

            _whole = new CertificateSums(ticket, loss, lossError) { Broken = _whole.Broken };
            Start(loss, lossError, gradientNorm);
            return true;
        }

        int at = _waiting.FindIndex(stretch => stretch.EndTicket == ticket);
        if (at < 0)
        {
            return false;
        }

        MergeWaiting(at);
        CertificateSums closed = _waiting[0];
        _waiting.RemoveAt(0);
        if (_started)
        {
            closed.Close(loss, lossError, noise);
            Keep(closed);
        }
        else
        {
            _whole = new CertificateSums(ticket, loss, lossError) { Broken = _whole.Broken };
        }

        Start(loss, lossError, gradientNorm);
        return true;
    }

    /// <summary>The update of the next ticket moves x by at most this; needed only for <see cref="Rebase(double, double)"/>.</summary>
    public void Walk(double norm) => _open.PathLength += norm;

    /// <summary>x was moved before the next ticket; how much the loss can have risen follows from the gradient at the last cut, L, and the way since.</summary>
    /// <param name="distance">δ, or an upper bound of it.</param>
    /// <param name="held">Σ of the norms that workers held back just before.</param>
    public void Rebase(double distance, double held)
    {
        if (double.IsFinite(distance + held))
        {
            _open.Rebase(distance, held);
        }
        else
        {
            Rebase(double.NaN);
        }
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

    /// <summary>Something happened that no term accounts for; the stretch it is in proves nothing, and so does the whole run.</summary>
    /// <param name="reason">What, as a sentence.</param>
    public void Break(string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        _open.Broken ??= reason;
        _whole.Broken ??= reason;
    }

    private void CheckTurn(long ticket)
    {
        if (ticket != NextTicket)
        {
            throw new ArgumentException($"Ticket {ticket} came, but it is the turn of {NextTicket}; a gap would hide a step.", nameof(ticket));
        }
    }

    // The ticket where the oldest stretch that is not closed starts.
    private long FirstWaiting => _waiting.Count > 0 ? _waiting[0].FirstTicket : _open.FirstTicket;

    private void CloseWhatIsDue()
    {
        while (_cuts.TryPeek(out (long Ticket, double Loss, double Error, double Noise) cut) && cut.Ticket == NextTicket)
        {
            _cuts.Dequeue();
            Mark();
            Tell(cut.Ticket, cut.Loss, cut.Error, cut.Noise, double.NaN);
        }
    }

    // The first count + 1 stretches that wait become one.
    private void MergeWaiting(int count)
    {
        CertificateSums merged = _waiting[0];
        for (int i = 1; i <= count && i < _waiting.Count; i++)
        {
            merged.Merge(_waiting[i]);
        }

        _waiting.RemoveRange(0, count);
        _waiting[0] = merged;
    }

    private void Keep(in CertificateSums closed)
    {
        _whole.Append(closed);
        _segments[_nextSegment] = closed;
        _nextSegment = (_nextSegment + 1) % _segments.Length;
        _segmentCount = Math.Min(_segmentCount + 1, _segments.Length);
    }

    private void Start(double loss, double lossError, double gradientNorm)
    {
        _started = true;
        ref CertificateSums next = ref _open;
        if (_waiting.Count > 0)
        {
            next = ref CollectionsMarshal.AsSpan(_waiting)[0];
        }

        next.LossStart = loss;
        next.LossStartError = lossError;
        next.GradientStart = gradientNorm;
    }
}
