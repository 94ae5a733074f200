using OrleansSgd.Data;
using OrleansSgd.Models;

namespace OrleansSgd.Experiments.Objectives;

/// <summary>The objectives that experiments are run on.</summary>
public static class ObjectiveCatalog
{
    // Generated, never read: synthetic data needs no folder, but opening it takes one.
    private const string NoFolder = ".";

    /// <summary>A quadratic with L = 1 and condition 20, and noise σ² = <paramref name="sampleVariance"/> / batch.</summary>
    public static QuadraticObjective Quadratic(int dimension = 24, double sampleVariance = 4) =>
        new(dimension, smoothness: 1, condition: 20, sampleVariance);

    /// <summary>Logistic regression with an l2 term on two clouds: convex, L exact.</summary>
    public static ModelObjective Logistic(int features = 12, int samples = 128, ulong data = 1) =>
        Model(new ModelPlan { Kind = ModelCatalog.Logistic, L2 = 0.01 }, features, samples, classes: 2, data);

    /// <summary>A small network with tanh units on four clouds: not convex, L not known.</summary>
    public static ModelObjective Network(int features = 8, int samples = 256, int hidden = 12, ulong data = 1) =>
        Model(
            new ModelPlan { Kind = ModelCatalog.Mlp, Hidden = [hidden], Activation = "tanh", L2 = 0.001 }, features, samples, classes: 4, data);

    private static ModelObjective Model(ModelPlan plan, int features, int samples, int classes, ulong data)
    {
        DataSets sets = DataCatalog.Open(
            new DataPlan
            {
                Kind = DataKinds.Synthetic,
                Shape = SyntheticShapes.GaussianMixture,
                Seed = data,
                SampleCount = samples,
                TestSampleCount = 0,
                FeatureCount = features,
                ClassCount = classes,
                Separation = 1.5,
            },
            NoFolder);
        return new ModelObjective(ModelCatalog.Create(plan, sets.Train), sets.Train);
    }
}
