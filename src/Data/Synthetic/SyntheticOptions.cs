namespace OrleansSgd.Data.Synthetic;

/// <summary>The options of one synthetic set with the defaults of its shape filled in.</summary>
internal sealed record SyntheticOptions
{
    public ulong Seed { get; private init; }

    public int SampleCount { get; private init; }

    public int TestSampleCount { get; private init; }

    public int FeatureCount { get; private init; }

    public int ClassCount { get; private init; }

    public double Noise { get; private init; }

    public double Condition { get; private init; }

    public int EntriesPerRow { get; private init; }

    public double Separation { get; private init; }

    public static SyntheticOptions Of(DataPlan plan)
    {
        bool isSparse = plan.Shape == SyntheticShapes.SparseLogistic;
        bool isMixture = plan.Shape == SyntheticShapes.GaussianMixture;
        int sampleCount = plan.SampleCount ?? (isSparse ? 20_000 : 10_000);
        return new()
        {
            Seed = plan.Seed ?? 1,
            SampleCount = sampleCount,
            TestSampleCount = plan.TestSampleCount ?? sampleCount / 5,
            // RCV1 has 47 236 stems, about 74 of them in a text.
            FeatureCount = plan.FeatureCount ?? (isSparse ? 47_236 : isMixture ? 20 : 100),
            ClassCount = plan.ClassCount ?? (isMixture ? 10 : 2),
            Noise = plan.Noise ?? (isSparse ? 0.05 : isMixture ? 1 : 0.1),
            Condition = plan.Condition ?? (plan.FeatureCount == 1 ? 1 : 100),
            EntriesPerRow = plan.EntriesPerRow ?? 74,
            Separation = plan.Separation ?? 4,
        };
    }
}
