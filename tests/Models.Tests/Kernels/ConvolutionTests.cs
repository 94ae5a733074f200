using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Randomness;
using OrleansSgd.Models.Convolutional;
using OrleansSgd.Models.Kernels;

namespace OrleansSgd.Models.Tests.Kernels;

/// <summary>Goal: a convolution with its pool, forward and backward, is what the plain loops say. Method: random shapes, odd extents among
/// them, and every count of vectors; sums of one chain bit by bit, sums over samples within their rounding.</summary>
public unsafe class ConvolutionTests
{
    private const int Taps = ConvolutionLayer.Taps;

    [Fact]
    public void Pass_is_that_of_the_plain_loops() =>
        Prop.ForAll(Shapes(), shape => Assert.Null(Complaint(shape, new ConvolutionPass(shape)))).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(1, 32, 32, 6, 64)]
    [InlineData(6, 14, 14, 16, 64)]
    [InlineData(2, 7, 11, 7, 48)]
    public void Pass_of_the_shapes_of_a_network_is_that_of_the_plain_loops(int channels, int height, int width, int outputs, int stride)
    {
        var shape = new Shape(channels, height, width, outputs, stride, 5);

        Assert.Null(Complaint(shape, new ConvolutionPass(shape)));
    }

    [Theory]
    [InlineData("pooled")]
    [InlineData("weights")]
    [InlineData("inputs")]
    public void Planted_exchange_of_two_numbers_is_caught(string where)
    {
        var shape = new Shape(2, 9, 8, 3, 32, 6);
        var pass = new ConvolutionPass(shape);
        float[] bent = where == "pooled" ? pass.Pooled : where == "weights" ? pass.WeightGradient : pass.InputGradient;
        int other = Array.FindIndex(bent, value => value != bent[^1]);
        (bent[other], bent[^1]) = (bent[^1], bent[other]);

        Assert.StartsWith(where, Complaint(shape, pass));
    }

    [Fact]
    public void Of_equal_scores_the_first_in_reading_order_is_chosen()
    {
        var shape = new Shape(1, 6, 6, 1, 16, 7);
        var pass = new ConvolutionPass(shape, equal: true);

        float[] scores = pass.ScoreGradients;

        Assert.All(scores[..16], value => Assert.NotEqual(0, value));
        Assert.All(scores[16..], value => Assert.Equal(0, value));
    }

    private static string? Complaint(Shape shape, ConvolutionPass pass)
    {
        ConvolutionLayer layer = shape.Layer;
        int stride = shape.Stride;
        float[] scores = PlainScores(shape, pass);
        double[] weights = new double[layer.Outputs * layer.TapsOfOutput];
        float[] scoreGradients = new float[layer.ScoreHeight * layer.Outputs * layer.ScoreWidth * stride];
        for (int place = 0; place < pass.Pooled.Length; place++)
        {
            (int i, int column, int row, int o) = (place % stride, place / stride % layer.PooledWidth,
                place / stride / layer.PooledWidth % layer.PooledHeight, place / stride / layer.PooledWidth / layer.PooledHeight);
            int best = -1;
            float high = 0;
            for (int s = 0; s < 4; s++)
            {
                float score = scores[ScoreAt(layer, o, (2 * row) + (s / 2), (2 * column) + (s % 2), stride) + i];
                (best, high) = best < 0 || score > high ? (s, score) : (best, high);
            }

            float pooled = MathF.Max(high + pass.Parameters[layer.BiasOffset + o], 0);
            if (pooled != pass.Pooled[place])
            {
                return $"pooled: {shape}: output {o}, row {row}, column {column}, sample {i} is {pass.Pooled[place]:R}, expected {pooled:R}.";
            }

            scoreGradients[ScoreAt(layer, o, (2 * row) + (best / 2), (2 * column) + (best % 2), stride) + i] = pass.Gradient[place];
        }

        return WeightComplaint(shape, pass, scoreGradients, weights) ?? InputComplaint(shape, pass, scoreGradients);
    }

    private static string? WeightComplaint(Shape shape, ConvolutionPass pass, float[] scoreGradients, double[] weights)
    {
        ConvolutionLayer layer = shape.Layer;
        Visit(shape, (w, score, input) =>
        {
            for (int i = 0; i < shape.Stride; i++)
            {
                weights[w] += (double)scoreGradients[score + i] * pass.Input[input + i];
            }
        });
        double scale = layer.ScoreHeight * layer.ScoreWidth * shape.Stride;
        for (int w = 0; w < weights.Length; w++)
        {
            // Terms are below 1; their rounding adds up to far less than their count times the unit.
            if (!(Math.Abs(weights[w] - pass.WeightGradient[w]) <= 1e-6 * scale))
            {
                return $"weights: {shape}: {w} is {pass.WeightGradient[w]:R}, expected {weights[w]:R}.";
            }
        }

        return null;
    }

    private static string? InputComplaint(Shape shape, ConvolutionPass pass, float[] scoreGradients)
    {
        float[] inputs = new float[pass.Input.Length];
        Visit(shape, (w, score, input) =>
        {
            for (int i = 0; i < shape.Stride; i++)
            {
                inputs[input + i] = MathF.FusedMultiplyAdd(pass.Parameters[w], scoreGradients[score + i], inputs[input + i]);
            }
        });
        for (int place = 0; place < inputs.Length; place++)
        {
            if (inputs[place] != pass.InputGradient[place])
            {
                return $"inputs: {shape}: {place} is {pass.InputGradient[place]:R}, expected {inputs[place]:R}.";
            }
        }

        return null;
    }

    // One chain a score, over channels, rows and columns of the kernel.
    private static float[] PlainScores(Shape shape, ConvolutionPass pass)
    {
        float[] scores = new float[shape.Layer.ScoreHeight * shape.Layer.Outputs * shape.Layer.ScoreWidth * shape.Stride];
        Visit(shape, (w, score, input) =>
        {
            for (int i = 0; i < shape.Stride; i++)
            {
                scores[score + i] = MathF.FusedMultiplyAdd(pass.Parameters[w], pass.Input[input + i], scores[score + i]);
            }
        });
        return scores;
    }

    // Every weight with every score and input it ties together; for one score and for one input, weights ascend.
    private static void Visit(Shape shape, Action<int, int, int> visit)
    {
        ConvolutionLayer layer = shape.Layer;
        for (int w = 0; w < layer.Outputs * layer.TapsOfOutput; w++)
        {
            (int o, int c, int tapRow, int tapColumn) = (w / layer.TapsOfOutput, w / Taps % layer.Channels, w % Taps / 5, w % 5);
            for (int row = 0; row < layer.ScoreHeight; row++)
            {
                for (int column = 0; column < layer.ScoreWidth; column++)
                {
                    int input = ((((c * layer.Height) + row + tapRow) * layer.Width) + column + tapColumn) * shape.Stride;
                    visit(w, ScoreAt(layer, o, row, column, shape.Stride), input);
                }
            }
        }
    }

    private static int ScoreAt(ConvolutionLayer layer, int o, int row, int column, int stride) =>
        ((((row * layer.Outputs) + o) * layer.ScoreWidth) + column) * stride;

    private static Arbitrary<Shape> Shapes() => Arb.From(
        from channels in Gen.Choose(1, 7)
        from height in Gen.Choose(6, 13)
        from width in Gen.Choose(6, 13)
        from outputs in Gen.Choose(1, 13)
        from vectors in Gen.Choose(1, 4)
        from seed in Gen.Choose(0, int.MaxValue)
        select new Shape(channels, height, width, outputs, vectors * 16, (ulong)seed));

    private sealed record Shape(int Channels, int Height, int Width, int Outputs, int Stride, ulong Seed)
    {
        public ConvolutionLayer Layer => new(Channels, Height, Width, Outputs, 0);
    }

    /// <summary>One pass forward and backward through the loops under test.</summary>
    private sealed class ConvolutionPass
    {
        public ConvolutionPass(Shape shape, bool equal = false)
        {
            ConvolutionLayer layer = shape.Layer;
            int stride = shape.Stride;
            var random = new SeededRandom(shape.Seed);
            Parameters = equal ? [.. new float[layer.End - 1], 1] : Random(random, layer.End);
            Input = Random(random, layer.InputLength * stride);
            Pooled = new float[layer.PooledLength * stride];
            Gradient = Random(random, Pooled.Length);
            WeightGradient = new float[layer.BiasOffset];
            InputGradient = new float[Input.Length];
            int scoreRow = layer.Outputs * layer.ScoreWidth * stride;
            ScoreGradients = new float[layer.ScoreHeight * scoreRow];
            uint[] choices = new uint[Pooled.Length / 16];
            float[] sums = new float[WeightGradient.Length * 16];
            fixed (float* x = Parameters, input = Input, pooled = Pooled, gradient = Gradient, scores = ScoreGradients, sum = sums)
            fixed (float* weights = WeightGradient, inputs = InputGradient)
            fixed (uint* choice = choices)
            {
                Convolution.Forward(layer, x, input, stride, pooled, choice);
                for (int row = 0; row < layer.PooledHeight; row++)
                {
                    float* upper = scores + (2 * row * scoreRow);
                    Convolution.ScoreGradients(layer, row, gradient, choice, stride, upper);
                    Convolution.AddWeightGradients(layer, 2 * row, upper, input, stride, sum);
                    Convolution.AddWeightGradients(layer, (2 * row) + 1, upper + scoreRow, input, stride, sum);
                }

                TapSums.Fold(sum, weights, WeightGradient.Length);
                Convolution.InputGradient(layer, x, scores, stride, inputs);
            }
        }

        public float[] Parameters { get; }

        public float[] Input { get; }

        public float[] Pooled { get; }

        public float[] Gradient { get; }

        public float[] ScoreGradients { get; }

        public float[] WeightGradient { get; }

        public float[] InputGradient { get; }

        private static float[] Random(SeededRandom random, int length) =>
            [.. Enumerable.Range(0, length).Select(_ => (2 * random.NextSingle()) - 1)];
    }
}
