using OrleansSgd.Core.Samples;

namespace OrleansSgd.Models.Tests.Checking;

/// <summary>Compares a model with <see cref="ReferenceLoss"/> and its central differences.</summary>
internal static class GradientChecker
{
    // Central differences in double with this step are off by about 1e-10; single-precision sums of at most some
    // hundred terms of size 1 are off by about 1e-6.
    private const double Step = 1e-6;
    private const double Tolerance = 1e-5;

    /// <summary>The mean loss and its gradient at the parameters of a case.</summary>
    public static (double Loss, double[] Gradient) Expected(Case item)
    {
        SampleBatch dense = item.Samples().All();
        double[] parameters = [.. item.Parameters()];
        double[] gradient = new double[parameters.Length];
        var reference = new ReferenceLoss(item);
        for (int i = 0; i < parameters.Length; i++)
        {
            double kept = parameters[i];
            parameters[i] = kept + Step;
            double above = reference.Mean(parameters, dense);
            parameters[i] = kept - Step;
            double below = reference.Mean(parameters, dense);
            parameters[i] = kept;
            gradient[i] = (above - below) / (2 * Step);
        }

        return (reference.Mean(parameters, dense), gradient);
    }

    /// <summary>What is wrong with the model, or null.</summary>
    public static string? Complaint(
        Case item, (double Loss, double[] Gradient) expected, IModel model, bool sparse)
    {
        SampleBatch batch = item.Samples(sparse).All();
        float[] gradient = [.. Enumerable.Repeat(float.NaN, model.ParameterCount)];
        using IGradientSession session = model.CreateSession(batch.Count);
        BatchLoss loss = session.Gradient(item.Parameters(), batch, gradient);
        double mean = loss.LossSum / loss.Count;
        if (!(Math.Abs(mean - expected.Loss) <= Tolerance * (1 + expected.Loss)))
        {
            return $"{item}: mean loss {mean}, expected {expected.Loss}.";
        }

        for (int i = 0; i < gradient.Length; i++)
        {
            double slope = expected.Gradient[i];
            if (!(Math.Abs(gradient[i] - slope) <= Tolerance * (1 + Math.Abs(slope))))
            {
                return $"{item}: coordinate {i} of the gradient is {gradient[i]}, expected {slope}.";
            }
        }

        return null;
    }
}
