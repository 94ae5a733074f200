using System.Globalization;

namespace OrleansSgd.Core.Runs;

/// <content>What is wrong with a plan: each option by itself first, then those that do not go together.</content>
public sealed partial record RunPlan
{
    // What an option is when nobody gave it: only another value can be out of place.
    private static readonly RunPlan Default = new();

    /// <summary>Everything wrong with the plan, each with its key, its value and the range.</summary>
    /// <param name="dimension">Parameters of the model, when known.</param>
    public IEnumerable<string> Mistakes(int? dimension = null)
    {
        string[] single =
        [
            .. SizeMistakes(dimension), .. ModeMistakes(), .. Codec.Mistakes("codec", dimension), .. Rate.Mistakes("rate"),
            .. Rule.Mistakes("rule"), .. Consistency.Mistakes("consistency"),
        ];
        // Of an option that is wrong by itself, nothing more is said.
        HashSet<string> wrong = [.. single.Select(KeyOf)];
        return [.. single, .. ForeignMistakes().Concat(CombinationMistakes()).Where(mistake => !wrong.Contains(KeyOf(mistake)))];
    }

    private IEnumerable<string> SizeMistakes(int? dimension)
    {
        if (Range("workers", Workers, MembersMax) is { } workers)
        {
            yield return workers;
        }

        if (Range("shards", Shards, MembersMax) is { } shards)
        {
            yield return shards;
        }
        else if (Shards > dimension)
        {
            yield return $"shards is {Shards}, but the model has {dimension} parameters; use 1 to {dimension}.";
        }

        if (Range("batch", Batch, 1_000_000) is { } batch)
        {
            yield return batch;
        }

        if (Range("epochs", Epochs, 1_000_000) is { } epochs)
        {
            yield return epochs;
        }

        if (Range("leaseBatches", LeaseBatches, 10_000) is { } lease)
        {
            yield return lease;
        }

        if (Range("localSteps", LocalSteps, 10_000) is { } localSteps)
        {
            yield return localSteps;
        }
    }

    private IEnumerable<string> ModeMistakes()
    {
        if (Choice("mode", Mode, Modes) is { } mode)
        {
            yield return mode;
        }

        if (StepsAheadMax is < 0 or > 10_000)
        {
            yield return $"stepsAheadMax is {StepsAheadMax}; use 0 to 10000.";
        }

        if (!(NormShare >= 0 && NormShare <= 1))
        {
            yield return $"normShare is {Text(NormShare)}; use 0 to 1.";
        }

        if (!(Quorum >= 0 && Quorum <= 1))
        {
            yield return $"quorum is {Text(Quorum)}; use 0 to 1.";
        }

        if (Choice("substitute", Substitute, Substitutes) is { } substitute)
        {
            yield return substitute;
        }

        if (!(StalenessShare > 0 && StalenessShare <= 100))
        {
            yield return $"stalenessShare is {Text(StalenessShare)}; use a number above 0, at most 100.";
        }

        if (Choice("assignment", Assignment, Assignments) is { } assignment)
        {
            yield return assignment;
        }

        if (WorkersPerSilo is < 0 or > MembersMax)
        {
            yield return $"workersPerSilo is {WorkersPerSilo}; use 0 to {MembersMax}.";
        }

        if (Choice("scaling", Scaling, Scalings) is { } scaling)
        {
            yield return scaling;
        }

        if (!(DeadlineSeconds >= 0 && DeadlineSeconds <= 86_400))
        {
            yield return $"deadlineSeconds is {Text(DeadlineSeconds)}; use 0 to 86400.";
        }

        if (!(AnswerFraction > 0 && AnswerFraction <= 1))
        {
            yield return $"answerFraction is {Text(AnswerFraction)}; use a number above 0, at most 1.";
        }
    }

    /// <summary>Options that are given to a mode that would ignore them.</summary>
    private IEnumerable<string> ForeignMistakes()
    {
        string[] asynchronous = [.. Modes.Where(mode => !IsRounds(mode))];
        (string Key, string Value, bool IsGiven, string[] Users)[] options =
        [
            ("stepsAheadMax", Text(StepsAheadMax), StepsAheadMax != Default.StepsAheadMax, [Ssp]),
            ("normShare", Text(NormShare), NormShare != Default.NormShare, [NormBounded]),
            ("quorum", Text(Quorum), Quorum != Default.Quorum, [VarianceBounded]),
            ("substitute", Substitute, Substitute != Default.Substitute, [VarianceBounded]),
            ("stalenessShare", Text(StalenessShare), StalenessShare != Default.StalenessShare, [Adaptive]),
            ("deadlineSeconds", Text(DeadlineSeconds), DeadlineSeconds != Default.DeadlineSeconds, [Bsp]),
            ("assignment", Assignment, Assignment != Default.Assignment, asynchronous),
            ("workersPerSilo", Text(WorkersPerSilo), WorkersPerSilo != 0, asynchronous),
            ("rule.delayAdaptive", "true", Rule.DelayAdaptive, asynchronous),
        ];
        return Modes.Contains(Mode)
            ? options.Where(one => one.IsGiven && !one.Users.Contains(Mode)).Select(one =>
                $"{one.Key} is {one.Value} but mode is {Mode}, which has no use for it; remove it or use mode {Alternatives(one.Users)}.")
            : [];
    }

    private IEnumerable<string> CombinationMistakes()
    {
        if (Mode == Bsp && AnswerFraction < 1)
        {
            yield return $"answerFraction is {Text(AnswerFraction)} but mode is {Bsp}, whose views are whole; remove it or use another mode.";
        }

        foreach (string mistake in ElasticMistakes())
        {
            yield return mistake;
        }

        if (LocalSteps <= 1)
        {
            yield break;
        }

        // What stands in for a missing update is one gradient long, and S6 knows one velocity an update.
        if (Mode == VarianceBounded)
        {
            yield return $"localSteps is {LocalSteps} but mode is {VarianceBounded}, which accounts for one gradient an update; use 1 or another mode.";
        }

        if (Rule.Kind is RulePlan.Momentum or RulePlan.Adam)
        {
            yield return $"localSteps is {LocalSteps} but rule.kind is {Rule.Kind}, which takes one gradient an update; use 1 or rule {RulePlan.Sgd}.";
        }
    }

    private IEnumerable<string> ElasticMistakes()
    {
        if (WorkersPerSilo == 0)
        {
            if (Scaling != ScaleNothing)
            {
                yield return $"scaling is {Scaling} but workersPerSilo is 0: the number of workers never changes; remove it or set workersPerSilo.";
            }

            yield break;
        }

        // A worker that stops for want of a silo sends nothing any more.
        bool holdsBack = Rule.Kind != RulePlan.Sgd || Codec.HoldsBack;
        if (holdsBack)
        {
            yield return $"workersPerSilo is {WorkersPerSilo}, but rule {Rule.Kind} with codec {Codec.Kind} keeps something back at each worker that would be lost with it; " +
                $"use 0, or rule {RulePlan.Sgd} and a codec without errorFeedback.";
        }

        if (Assignment != Pure)
        {
            yield return $"workersPerSilo is {WorkersPerSilo} but assignment is {Assignment}, which waits for every worker in turn; use 0 or assignment {Pure}.";
        }

        if (Scaling == ScaleBatch && (Mode != Async || LocalSteps > 1))
        {
            yield return $"scaling is {ScaleBatch}, which needs mode {Async} and localSteps 1, where a lease is several batches; use scaling {ScaleRate} instead.";
        }
    }

    private static bool IsRounds(string mode) => mode is Bsp or VarianceBounded;

    // Every mistake begins with its key.
    private static string KeyOf(string mistake) => mistake.Split(' ', 2)[0];

    private static string? Choice(string key, string value, IReadOnlyList<string> choices) =>
        choices.Contains(value) ? null : $"{key} is '{value}'; use {Alternatives(choices)}.";

    private static string? Range(string key, int value, int max) =>
        value >= 1 && value <= max ? null : $"{key} is {value}; use 1 to {max}.";

    private static string Alternatives(IReadOnlyList<string> words) => words.Count == 1
        ? words[0]
        : $"{string.Join(", ", words.SkipLast(1))} or {words[^1]}";

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
