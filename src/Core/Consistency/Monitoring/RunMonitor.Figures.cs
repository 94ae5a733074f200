using OrleansSgd.Core.Consistency.Bounds;
using OrleansSgd.Core.Consistency.Certificates;
using OrleansSgd.Core.Consistency.Estimates;
using OrleansSgd.Core.Consistency.Metering;

namespace OrleansSgd.Core.Consistency.Monitoring;

/// <content>What finalised tickets add up to, and what the losses at cuts make of it.</content>
public sealed partial class RunMonitor
{
    private readonly SortedSet<long> _expected = [];

    // Announced cuts that cannot be balanced: a shard lost updates between their reading and the last row below them.
    private readonly HashSet<long> _unbalanced = [];
    private readonly List<RunMark> _marks = [];
    private readonly SortedList<long, LossCut> _cuts = [];
    private readonly ConditionWindows _conditions;
    private readonly ProjectionBalance _balance;
    private readonly DistanceAudit _audit;
    private readonly NoiseStretch _noise = new();
    private readonly CorrelationTest _timeAndLoss = new();
    private readonly CorrelationTest _timeAndGradient = new();
    private readonly List<string> _alarms = [];
    private readonly List<string> _warnings = [];
    private WeightedBlocks _gradients = new();
    private RunMaxima _maxima = new();
    private readonly DelayHistogram _delays = new();
    private Certificate? _certificate;
    private Falsification _falsification = new(FalsificationVerdict.NotTested, double.NaN, double.NaN, double.NaN);
    private string? _broken;
    private long _nextMark = long.MaxValue;
    private long _lastTold = -1;
    private long _updateCount;
    private double _squareSum;
    private SecantGroups _secants;
    private double _noiseNewest = double.NaN;
    private double _lossFirst = double.NaN;
    private (double Mean, double Error) _gradientSquared = (double.NaN, double.NaN);

    private bool IsBiased => _options.Form == CertificateForm.Biased;

    private void Finalised(in FinalisedTicket ticket)
    {
        if (_certificate is { } certificate)
        {
            // The step itself is part of the way to where x is re-based.
            certificate.Walk(Math.Sqrt(ticket.NormSquared));
            if (ticket.RebasedDistance > 0)
            {
                certificate.Rebase(ticket.RebasedDistance, ticket.HeldBeforeRebase);
            }

            if (ticket.IsVoid)
            {
                certificate.Skip(ticket.Ticket);
            }
            else
            {
                certificate.Add(CertificateStep.Of(ticket));
            }
        }

        if (_audit.Finalised(ticket, _balance.ParameterNorm) is { } wrong)
        {
            Break(wrong);
        }

        Listener?.Invoke(ticket);
        if (ticket.IsVoid)
        {
            return;
        }

        _updateCount++;
        _squareSum += ticket.NormSquared;
        if (ticket.Rate > 0)
        {
            _maxima.Add(ticket);
            _delays.Add(ticket.Delay);
            _conditions.Add(ticket, _maxima);
            Estimate(ticket);
        }
    }

    private void Estimate(in FinalisedTicket ticket)
    {
        _noise.Add(IsBiased ? ticket.GradientNormSquared : ticket.HalfBatchDifferenceSquared / 4);
        if (ticket.SecantDistance > 0 && double.IsFinite(ticket.SecantGradient))
        {
            _secants.Add(ticket.SecantGradient / ticket.SecantDistance);
        }

        // E‖G‖² = ‖∇f‖² + σ², and a quarter of the squared difference of the halves is σ² without bias.
        _gradients.Add(ticket.Rate * ticket.StepCount, ticket.GradientNormSquared - (ticket.HalfBatchDifferenceSquared / 4));
        if (ticket.GradientSeconds > 0)
        {
            double time = Math.Log(ticket.GradientSeconds);
            _timeAndGradient.Add(time, Math.Sqrt(ticket.GradientNormSquared));
            _timeAndLoss.Add(time, ticket.SampleCount > 0 ? ticket.LossSum / ticket.SampleCount : double.NaN);
        }
    }

    private bool IsAnnounced(long ticket) => _expected.Contains(ticket) || _marks.Exists(mark => mark.Ticket == ticket);

    private void MarkWhatIsDue()
    {
        if (_nextMark != NextTicket)
        {
            return;
        }

        _expected.Remove(_nextMark);
        _nextMark = _expected.Count > 0 ? _expected.Min : long.MaxValue;
        NoiseMark noise = _noise.Mark();
        if (_certificate is null)
        {
            _certificate = Begin(NextTicket);
            _gradients = new WeightedBlocks();
        }

        _certificate.Mark();
        if (_marks.Count == CutsMax)
        {
            // Nobody told the loss of the oldest mark; its stretch goes on to the next one.
            _marks[1] = _marks[1] with { Noise = _marks[0].Noise.Then(_marks[1].Noise) };
            _marks.RemoveAt(0);
        }

        (double mean, double error) = _gradients.Estimate();
        _marks.Add(new RunMark(NextTicket, noise, _secants.Max, _meter.Projections.ToArray(), _updateCount, _squareSum, mean, error));
        TellWhatIsKnown();
    }

    private Certificate Begin(long ticket)
    {
        Certificate certificate = new(
            new CertificateOptions
            {
                Smoothness = _options.Smoothness,
                SmoothnessIsExact = double.IsFinite(_options.Smoothness),
                LossIsExact = _options.LossIsExact,
                Form = _options.Form,
                NotCovered = _options.NotCovered,
            },
            ticket,
            double.NaN);
        if (_broken is { } reason)
        {
            certificate.Break(reason);
        }

        return certificate;
    }

    private void TellWhatIsKnown()
    {
        for (int i = 0; i < _marks.Count; i++)
        {
            if (_cuts.TryGetValue(_marks[i].Ticket, out LossCut cut))
            {
                Tell(i, cut);
                i = -1;
            }
        }
    }

    // A loss that was never told leaves its stretch to the one after it.
    private void Tell(int index, in LossCut cut)
    {
        RunMark mark = _marks[index];
        NoiseMark noise = _marks[0].Noise;
        for (int i = 1; i <= index; i++)
        {
            noise = noise.Then(_marks[i].Noise);
        }

        _marks.RemoveRange(0, index + 1);
        while (_cuts.Count > 0 && _cuts.GetKeyAtIndex(0) <= mark.Ticket)
        {
            _cuts.RemoveAt(0);
        }

        bool isFirst = _lastTold < 0;
        _lastTold = mark.Ticket;
        _lossFirst = isFirst ? cut.Loss : _lossFirst;
        _noiseNewest = isFirst ? double.NaN : noise.Upper;
        _certificate!.Smoothness = SmoothnessFrom(mark.SecantMax);
        _certificate.Tell(mark.Ticket, cut.Loss, cut.LossError, noise.Upper, Math.Sqrt(cut.GradientNormSquared));
        if (!_unbalanced.Remove(mark.Ticket)
            && _balance.Check(cut, mark.Projections, mark.UpdateCount, mark.SquareSum) is { } wrong)
        {
            Break(wrong);
        }

        _gradientSquared = (mark.GradientSquared, mark.GradientSquaredError);
        _falsification = Falsification.OfViews(
            _certificate.Whole, IsBiased, _certificate.Smoothness, mark.GradientSquared, mark.GradientSquaredError);
        if (_falsification.Verdict == FalsificationVerdict.Falsified)
        {
            Break(_falsification.ToString());
        }
    }

    // Every secant is a lower bound of L only.
    private double SmoothnessFrom(double secantMax) => double.IsFinite(_options.Smoothness) ? _options.Smoothness
        : secantMax > 0 ? SmoothnessEstimate.SafetyFactorDefault * secantMax
        : double.NaN;
}
