using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Samples;
using OrleansSgd.Data.Sources;

namespace OrleansSgd.Data.Synthetic;

/// <summary>One Gaussian cloud a class: a random direction of length separation, and noise of equal width in every
/// coordinate about it. Classes follow each other in turn, so every class has as many samples as the others.</summary>
internal static class GaussianMixture
{
    public static DataSets Generate(SyntheticOptions options)
    {
        float[] centres = Centres(options);
        ISampleSource? test = options.TestSampleCount == 0
            ? null
            : Draw(options, centres, options.TestSampleCount, SyntheticStreams.Test);
        return new(Draw(options, centres, options.SampleCount, SyntheticStreams.Train), test);
    }

    // [classCount, featureCount]
    private static float[] Centres(SyntheticOptions options)
    {
        int d = options.FeatureCount;
        var random = new SeededRandom(options.Seed, SyntheticStreams.Truth);
        float[] centres = new float[checked(options.ClassCount * d)];
        double[] direction = new double[d];
        for (int start = 0; start < centres.Length; start += d)
        {
            double squares = 0;
            for (int j = 0; j < d; j++)
            {
                direction[j] = random.NextGaussian();
                squares += direction[j] * direction[j];
            }

            double scale = options.Separation / Math.Sqrt(Math.Max(squares, double.Epsilon));
            for (int j = 0; j < d; j++)
            {
                centres[start + j] = (float)(direction[j] * scale);
            }
        }

        return centres;
    }

    private static DenseSource Draw(SyntheticOptions options, float[] centres, int count, ulong stream)
    {
        int d = options.FeatureCount;
        var random = new SeededRandom(options.Seed, stream);
        float[] features = new float[count * d];
        float[] labels = new float[count];
        for (int i = 0; i < count; i++)
        {
            int label = i % options.ClassCount;
            labels[i] = label;
            for (int j = 0; j < d; j++)
            {
                features[i * d + j] = (float)(centres[label * d + j] + options.Noise * random.NextGaussian());
            }
        }

        return new(features, labels, d, options.ClassCount);
    }
}

/// <summary>Streams of the plan's seed, one for each purpose, so that more test samples leave the training samples alone.</summary>
internal static class SyntheticStreams
{
    public const ulong Truth = 0x5359_4E54_01;
    public const ulong Train = 0x5359_4E54_02;
    public const ulong Test = 0x5359_4E54_03;
    public const ulong TrainLabels = 0x5359_4E54_04;
    public const ulong TestLabels = 0x5359_4E54_05;
}
