using OrleansSgd.Core.Samples;

namespace OrleansSgd.Models.Tests.Checking;

/// <summary>The mean loss in double precision, written as the formulas say and as slowly as they say it.</summary>
internal sealed class ReferenceLoss(Case item)
{
    private readonly ParameterTensor[] _weights = [.. Named(item, "weight")];
    private readonly ParameterTensor[] _biases = [.. Named(item, "bias")];

    public double Mean(double[] parameters, SampleBatch dense)
    {
        double sum = 0;
        for (int row = 0; row < dense.Count; row++)
        {
            double[] features = [.. dense.Dense.Slice(row * item.FeatureCount, item.FeatureCount).ToArray()];
            sum += Point(Scores(parameters, features), dense.Labels[row]);
        }

        return (sum / dense.Count) + (0.5 * item.Plan.L2 * parameters.Sum(x => x * x));
    }

    private double[] Scores(double[] parameters, double[] activations)
    {
        for (int l = 0; l < _weights.Length; l++)
        {
            int inputs = _weights[l].Shape[1];
            double[] next = new double[_weights[l].Shape[0]];
            for (int o = 0; o < next.Length; o++)
            {
                next[o] = _biases.Length > 0 ? parameters[_biases[l].Offset + o] : 0;
                for (int i = 0; i < inputs; i++)
                {
                    next[o] += parameters[_weights[l].Offset + (o * inputs) + i] * activations[i];
                }

                if (l < _weights.Length - 1)
                {
                    next[o] = item.Plan.Activation == "tanh" ? Math.Tanh(next[o]) : Math.Max(next[o], 0);
                }
            }

            activations = next;
        }

        return activations;
    }

    private double Point(double[] scores, float label)
    {
        if (item.Plan.Kind == ModelCatalog.Logistic)
        {
            return Math.Log(1 + Math.Exp(scores[0])) - (label * scores[0]);
        }

        return scores.Length == 1
            ? 0.5 * Math.Pow(scores[0] - label, 2)
            : Math.Log(scores.Sum(Math.Exp)) - scores[(int)label];
    }

    private static IEnumerable<ParameterTensor> Named(Case item, string name) =>
        item.Model.Tensors.Where(tensor => tensor.Name.EndsWith(name, StringComparison.Ordinal));
}
