using OrleansSgd.Certifier.Reading;
using OrleansSgd.Certifier.Replay;

namespace OrleansSgd.Certifier.Figures;

/// <summary>The condition test: window after window of gaps against B.</summary>
internal sealed class ConditionReplay(LedgerOpening opening, double boundAsked, PredictedBound predicted, FindingList findings)
{
    // The live quantile is an expansion good to 1 % where it is least so; verdicts that turn within that are not a disagreement.
    private const double QuantileSlack = 0.02;

    // A predicted B may be met exactly, and then rounding would decide.
    private const double BoundSlack = 1e-9;

    private readonly double[] _gaps = new double[Math.Min(opening.Window, 1 << 24)];
    private readonly bool[][] _seen = [new bool[4], new bool[4], new bool[4]];
    private int _count;
    private long _delayMax;
    private long _first = -1;

    /// <summary>The run's verdict.</summary>
    public ConditionVerdict Verdict => Overall(_seen[0]);

    /// <summary>Windows that were decided.</summary>
    public int WindowCount { get; private set; }

    /// <summary>B that the next window would be tested against; NaN when it is not known.</summary>
    public double Bound => !double.IsNaN(boundAsked) ? boundAsked : !double.IsNaN(opening.Bound) ? opening.Bound : predicted.Value;

    /// <summary>Adds a finalised ticket whose gap counts; the predicted B has it already.</summary>
    public void Add(in FinalisedTicket ticket)
    {
        _first = _count == 0 ? ticket.Ticket : _first;
        _delayMax = Math.Max(_count == 0 ? 0 : _delayMax, ticket.Delay);
        _gaps[_count++] = ticket.Gap;
        if (_count == _gaps.Length)
        {
            Decide(ticket.Ticket);
            _count = 0;
        }
    }

    /// <summary>True when the live verdict is one that the last digits of the quantile could have made of the same windows.</summary>
    public bool AgreesWith(string word) => _seen.Any(seen => Overall(seen).Word() == word);

    private static ConditionVerdict Overall(bool[] seen) =>
        seen[(int)ConditionVerdict.Violated] ? ConditionVerdict.Violated
        : seen[(int)ConditionVerdict.NotShown] ? ConditionVerdict.NotShown
        : seen[(int)ConditionVerdict.Holds] ? ConditionVerdict.Holds
        : ConditionVerdict.Undecided;

    private void Decide(long last)
    {
        GapWindow window = GapWindow.Of(_gaps, _delayMax);
        double bound = Bound;
        double wide = bound * (1 + BoundSlack);
        ConditionVerdict verdict = window.Verdict(wide, opening.Confidence);
        WindowCount++;
        _seen[0][(int)verdict] = true;
        _seen[1][(int)window.Verdict(wide, opening.Confidence, 1 - QuantileSlack)] = true;
        _seen[2][(int)window.Verdict(bound * (1 - BoundSlack), opening.Confidence, 1 + QuantileSlack)] = true;
        if (verdict == ConditionVerdict.Violated)
        {
            findings.Add(
                FindingKind.Condition, _first, -1,
                $"Tickets {_first} to {last}: mean gap {window.Mean:g6} ± {window.Error:g3} exceeds B² = {bound * bound:g6} " +
                $"beyond its error at confidence {opening.Confidence}.");
        }
    }
}
