using OrleansSgd.Certifier.Reading;
using OrleansSgd.Certifier.Replay;

namespace OrleansSgd.Certifier.Figures;

/// <summary>The B that a mode's model predicts, from the plan and the largest things seen so far (docs/trace-format.md, "Predicted B").</summary>
internal sealed class PredictedBound(PlanFields plan)
{
    private long _delayMax;
    private double _gradientMax = double.NaN;
    private double _contractionMax;
    private double _answerErrorMax;
    private int _slotsMin = int.MaxValue;

    /// <summary>B in units of α; NaN when it is not known.</summary>
    public double Value
    {
        get
        {
            double update = plan.LocalSteps * _gradientMax / _slotsMin;
            bool worksInRounds = plan.Mode is "bsp" or "variance-bounded";
            double missing = plan.Mode == "norm-bounded"
                ? (1 - plan.NormShare) * plan.Workers * update
                : _delayMax * update * (plan.Mode == "variance-bounded" && plan.Substitute != "none" ? 2 : 1);
            double root = Math.Sqrt(_contractionMax);
            double feedback = !plan.HasFeedback ? 0 : root < 1 ? plan.Workers * root / (1 - root) * update : double.NaN;
            double momentum = plan.Momentum == 0 ? 0 : plan.Workers * plan.Momentum / (1 - plan.Momentum) * update;
            double local = worksInRounds && plan.LocalSteps > 1 ? 2 * _slotsMin * update : 0;
            double answers = plan.AnswerFraction < 1 ? _answerErrorMax : 0;
            return missing + feedback + momentum + local + answers;
        }
    }

    /// <summary>Adds a finalised ticket whose gap counts.</summary>
    public void Add(in FinalisedTicket ticket)
    {
        LedgerRow row = ticket.Row!;
        double squared = row.NormSquared;
        double viewError = 0;
        foreach (ref readonly RowSlice slice in row.Slices.AsSpan())
        {
            viewError += slice.ViewErrorSquared;
        }

        double gradient = Math.Sqrt(squared) / (row.Rate * row.StepCount);
        _delayMax = Math.Max(_delayMax, ticket.Delay);
        _gradientMax = double.IsNaN(_gradientMax) ? gradient : Math.Max(_gradientMax, gradient);
        _contractionMax = squared + row.HeldSquared > 0 ? Math.Max(_contractionMax, row.HeldSquared / (row.HeldSquared + squared)) : _contractionMax;
        _answerErrorMax = Math.Max(_answerErrorMax, Math.Sqrt(viewError) / row.StepRate);
        _slotsMin = Math.Min(_slotsMin, row.SlotCount);
    }
}
