using System.Globalization;

namespace OrleansSgd.Data.Synthetic;

/// <summary>What a plan of kind synthetic may say, shape by shape.</summary>
internal static class SyntheticPlanCheck
{
    private static readonly (string Key, Func<DataPlan, bool> IsSet, string Shape)[] Uses =
    [
        ("condition", p => p.Condition is not null, SyntheticShapes.LeastSquares),
        ("entriesPerRow", p => p.EntriesPerRow is not null, SyntheticShapes.SparseLogistic),
        ("separation", p => p.Separation is not null, SyntheticShapes.GaussianMixture),
        ("classCount", p => p.ClassCount is not null, SyntheticShapes.GaussianMixture),
    ];

    /// <summary>Every mistake, without prefix. The shape is known to exist.</summary>
    public static IEnumerable<string> Mistakes(DataPlan plan)
    {
        foreach ((string key, Func<DataPlan, bool> isSet, string shape) in Uses)
        {
            if (isSet(plan) && plan.Shape != shape)
            {
                yield return $"{key} is not used by shape {plan.Shape}, only by {shape}; remove it.";
            }
        }

        IEnumerable<string> own = plan.Shape switch
        {
            SyntheticShapes.LeastSquares => LeastSquares(SyntheticOptions.Of(plan)),
            SyntheticShapes.SparseLogistic => SparseLogistic(SyntheticOptions.Of(plan)),
            _ => GaussianMixture(SyntheticOptions.Of(plan)),
        };
        foreach (string mistake in own)
        {
            yield return mistake;
        }
    }

    private static IEnumerable<string> LeastSquares(SyntheticOptions options)
    {
        foreach (string mistake in DataPlan.CountMistakes(
            "featureCount", options.FeatureCount, 1, DataPlan.LeastSquaresFeatureCountMax))
        {
            yield return mistake;
        }

        if (options.SampleCount < options.FeatureCount)
        {
            yield return $"sampleCount is {options.SampleCount}, below featureCount {options.FeatureCount}; " +
                "use as many samples as features or more, so that the optimum is unique.";
        }

        if (!(options.Condition >= 1 && options.Condition <= 1e6))
        {
            yield return $"condition is {DataPlan.Text(options.Condition)}; use 1 to 1000000.";
        }

        if (options.FeatureCount == 1 && options.Condition != 1)
        {
            yield return "condition needs featureCount 2 or more; one feature has condition 1.";
        }

        foreach (string mistake in NoiseMistakes(options, 1e6).Concat(TableMistakes(options)))
        {
            yield return mistake;
        }
    }

    private static IEnumerable<string> SparseLogistic(SyntheticOptions options)
    {
        foreach (string mistake in DataPlan.CountMistakes(
            "featureCount", options.FeatureCount, 2, DataPlan.FeatureCountMax))
        {
            yield return mistake;
        }

        // A row has at most twice the mean, so half the features: drawing distinct ones stays quick.
        foreach (string mistake in DataPlan.CountMistakes(
            "entriesPerRow", options.EntriesPerRow, 1, Math.Max(1, options.FeatureCount / 4)))
        {
            yield return mistake + " (The limit is a quarter of featureCount.)";
        }

        if (!(options.Noise >= 0 && options.Noise <= 0.5))
        {
            yield return $"noise is {DataPlan.Text(options.Noise)}; as a share of labels turned over use 0 to 0.5.";
        }

        long entries = (long)options.SampleCount * options.EntriesPerRow * 2;
        if (entries > Array.MaxLength)
        {
            yield return $"sampleCount × entriesPerRow may reach {entries} entries; use {Array.MaxLength} or fewer.";
        }
    }

    private static IEnumerable<string> GaussianMixture(SyntheticOptions options) =>
        DataPlan.CountMistakes("featureCount", options.FeatureCount, 1, DataPlan.FeatureCountMax)
            .Concat(DataPlan.CountMistakes("classCount", options.ClassCount, 2, DataPlan.ClassCountMax))
            .Concat(NoiseMistakes(options, 1e6))
            .Concat(options.Separation > 0 && options.Separation <= 1e6
                ? []
                : [$"separation is {DataPlan.Text(options.Separation)}; use a number above 0, at most 1000000."])
            .Concat(TableMistakes(options));

    private static IEnumerable<string> NoiseMistakes(SyntheticOptions options, double max)
    {
        if (!(options.Noise >= 0 && options.Noise <= max))
        {
            yield return string.Create(
                CultureInfo.InvariantCulture, $"noise is {options.Noise:R}; as a standard deviation use 0 to {max:0}.");
        }
    }

    private static IEnumerable<string> TableMistakes(SyntheticOptions options)
    {
        long numbers = (long)Math.Max(options.SampleCount, options.TestSampleCount) * options.FeatureCount;
        if (numbers > Array.MaxLength)
        {
            yield return $"sampleCount × featureCount is {numbers} numbers; use {Array.MaxLength} or fewer.";
        }
    }
}
