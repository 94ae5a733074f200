using System.Text.Json.Nodes;
using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Samples;

namespace OrleansSgd.Models.Tests.Torch;

/// <summary>Compares a model with PyTorch.</summary>
internal static class TorchChecker
{
    // Both compute in single precision, in the same order or nearly so.
    private const double Tolerance = 1e-5;

    // Double precision against single: what is left is the rounding of a gradient through some twenty layers.
    private const double SlopeTolerance = 1e-4;
    private const double Step = 1e-6;

    /// <summary>Asks for loss, correct classifications and gradient of all samples at once.</summary>
    public static JsonObject Expected(TorchCase item, Oracle oracle) =>
        oracle.Ask(With(item.Question("gradient"), item.Parameters(), item.Samples().All()));

    /// <summary>What is wrong with the model's gradient, or null.</summary>
    public static string? Complaint(TorchCase item, JsonObject expected, IModel model)
    {
        SampleBatch batch = item.Samples().All();
        float[] gradient = [.. Enumerable.Repeat(float.NaN, model.ParameterCount)];
        using IGradientSession session = model.CreateSession(batch.Count);
        BatchLoss loss = session.Gradient(item.Parameters(), batch, gradient);
        double wanted = expected["loss"]!.GetValue<double>();
        double mean = loss.LossSum / loss.Count;
        if (!(Math.Abs(mean - wanted) <= Tolerance * (1 + wanted)))
        {
            return $"{item}: mean loss {mean}, PyTorch has {wanted}.";
        }

        if (loss.Correct != expected["correct"]!.GetValue<int>())
        {
            return $"{item}: {loss.Correct} correct, PyTorch has {expected["correct"]}.";
        }

        double distance = RelativeDistance(gradient, Oracle.Decode(expected["gradient"]));
        return distance <= Tolerance ? null : $"{item}: gradient is {distance:G3} of its length from PyTorch's.";
    }

    /// <summary>What is wrong with the gradient along three random directions, or null.</summary>
    public static string? SlopeComplaint(TorchCase item, Oracle oracle, IModel model)
    {
        SampleBatch batch = item.Samples().All();
        float[] parameters = item.Parameters();
        float[] gradient = new float[parameters.Length];
        using IGradientSession session = model.CreateSession(batch.Count);
        session.Gradient(parameters, batch, gradient);
        double length = Math.Sqrt(gradient.Sum(value => (double)value * value));
        for (int i = 0; i < 3; i++)
        {
            float[] direction = Direction(parameters.Length, new SeededRandom(item.Seed, 50 + (ulong)i), i == 0 ? gradient : null);
            JsonObject question = With(item.Question("slope"), parameters, batch);
            question["direction"] = Oracle.Encode(direction);
            question["step"] = Step;
            double wanted = oracle.Ask(question)["slope"]!.GetValue<double>();
            double slope = gradient.Zip(direction, (g, u) => (double)g * u).Sum();
            if (!(Math.Abs(slope - wanted) <= SlopeTolerance * length))
            {
                return $"{item}: slope {slope} along direction {i}, the loss falls by {wanted}; the gradient is {length} long.";
            }
        }

        return null;
    }

    public static JsonObject With(JsonObject question, float[] parameters, SampleBatch batch)
    {
        question["parameters"] = Oracle.Encode(parameters);
        question["samples"] = Oracle.Encode(batch.Dense);
        question["labels"] = Oracle.Encode(batch.Labels);
        return question;
    }

    /// <summary>‖a − b‖ / ‖b‖.</summary>
    public static double RelativeDistance(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        Assert.Equal(right.Length, left.Length);
        double distance = 0;
        double length = 0;
        for (int i = 0; i < left.Length; i++)
        {
            distance += Math.Pow((double)left[i] - right[i], 2);
            length += Math.Pow(right[i], 2);
        }

        return Math.Sqrt(distance / length);
    }

    // Of length 1; the first goes along the gradient itself, where the slope is not near zero.
    private static float[] Direction(int length, SeededRandom random, float[]? along)
    {
        double[] values = [.. Enumerable.Range(0, length).Select(i => along is null ? random.NextGaussian() : along[i])];
        double norm = Math.Sqrt(values.Sum(value => value * value));
        return [.. values.Select(value => (float)(value / norm))];
    }
}
