using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics;
using OrleansSgd.Benchmarks.Models;
using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Samples;
using OrleansSgd.Models;

// 'networks THREADS SECONDS [NAME [SESSIONS]]' measures those of libtorch instead.
if (args is ["networks", var threads, var seconds, .. var rest])
{
    NetworkSpeed.Measure(
        int.Parse(threads, CultureInfo.InvariantCulture), double.Parse(seconds, CultureInfo.InvariantCulture), rest.ElementAtOrDefault(0) ?? "",
        int.Parse(rest.ElementAtOrDefault(1) ?? "1", CultureInfo.InvariantCulture));
    return;
}

// Microseconds of one gradient on one core: the median of many, so that a busy neighbour does not count.
int bits = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;
Console.WriteLine($"Vectors of {bits} bits. One thread, median of 400 gradients.");
Console.WriteLine($"{"model",-34}{"batch",6}{"us",10}{"us/sample",11}{"GFLOP/s",9}");

Measure("softmax 784-10", new ModelPlan { Kind = "softmax" }, 784, 10, 64);
Measure("softmax 784-10", new ModelPlan { Kind = "softmax" }, 784, 10, 1);
Measure("softmax 784-10", new ModelPlan { Kind = "softmax" }, 784, 10, 100);
Measure("softmax 784-10, l2", new ModelPlan { Kind = "softmax", L2 = 1e-4 }, 784, 10, 64);
Measure("mlp 784-256-10 relu", new ModelPlan { Kind = "mlp", Hidden = [256] }, 784, 10, 64);
Measure("mlp 784-256-10 tanh", new ModelPlan { Kind = "mlp", Hidden = [256], Activation = "tanh" }, 784, 10, 64);
Measure("mlp 784-256-10 relu", new ModelPlan { Kind = "mlp", Hidden = [256] }, 784, 10, 1);
Measure("mlp 784-256-10 relu", new ModelPlan { Kind = "mlp", Hidden = [256] }, 784, 10, 256);
Measure("mlp 1024-1024-1024-16 relu", new ModelPlan { Kind = "mlp", Hidden = [1024, 1024] }, 1024, 16, 128);
Measure("mlp 1000-1000-1000-16 relu", new ModelPlan { Kind = "mlp", Hidden = [1000, 1000] }, 1000, 16, 128);
Measure("least-squares 1000", new ModelPlan { Kind = "least-squares" }, 1000, 0, 64);
Measure("least-squares 1000", new ModelPlan { Kind = "least-squares" }, 1000, 0, 1);
Measure("logistic 1000", new ModelPlan { Kind = "logistic" }, 1000, 2, 64);
Measure("logistic 47236, 74 entries a row", new ModelPlan { Kind = "logistic" }, 47236, 2, 64, entriesPerRow: 74);
Measure("softmax 784-10, 150 entries a row", new ModelPlan { Kind = "softmax" }, 784, 10, 64, entriesPerRow: 150);
MeasureSmoothness("softmax 784", "softmax", 60_000, 784, 0);
MeasureSmoothness("logistic 47236, 74 entries a row", "logistic", 20_000, 47236, 74);

static void Measure(string name, ModelPlan plan, int featureCount, int classCount, int count, int entriesPerRow = 0)
{
    IModel model = ModelCatalog.Create(plan, [featureCount], classCount);
    SampleBatch batch = entriesPerRow > 0
        ? SparseBatch(count, featureCount, classCount, entriesPerRow)
        : DenseBatch(count, featureCount, classCount);
    using IGradientSession session = model.CreateSession(count);
    float[] parameters = new float[model.ParameterCount];
    float[] gradient = new float[model.ParameterCount];
    model.Initialise(parameters, seed: 1);
    for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalSeconds < 0.5;)
    {
        session.Gradient(parameters, batch, gradient);
    }

    double[] microseconds = new double[400];
    for (int i = 0; i < microseconds.Length; i++)
    {
        long start = Stopwatch.GetTimestamp();
        session.Gradient(parameters, batch, gradient);
        microseconds[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }

    Array.Sort(microseconds);
    double median = microseconds[microseconds.Length / 2];
    double flops = Flops(model, entriesPerRow) * count;
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{name,-34}{count,6}{median,10:F1}{median / count,11:F3}{flops / median / 1e3,9:F1}"));
}

// Two for each weight forward, two for its gradient, two more for the gradient below it unless it is the first layer.
static double Flops(IModel model, int entriesPerRow)
{
    double flops = 0;
    bool isFirst = true;
    foreach (ParameterTensor tensor in model.Tensors.Where(tensor => tensor.Shape.Count == 2))
    {
        double inputs = isFirst && entriesPerRow > 0 ? entriesPerRow : tensor.Shape[1];
        flops += (isFirst ? 4 : 6) * inputs * tensor.Shape[0];
        isFirst = false;
    }

    return flops;
}

static SampleBatch DenseBatch(int count, int featureCount, int classCount)
{
    var random = new SeededRandom(2);
    var batch = new SampleBatch();
    batch.ResizeDense(count, featureCount);
    foreach (ref float value in batch.Dense)
    {
        value = random.NextSingle();
    }

    Label(batch, random, classCount);
    return batch;
}

static SampleBatch SparseBatch(int count, int featureCount, int classCount, int entriesPerRow)
{
    var random = new SeededRandom(3);
    var batch = new SampleBatch();
    batch.ResizeSparse(count, featureCount, count * entriesPerRow);
    for (int row = 0; row < count; row++)
    {
        batch.RowStarts[row] = row * entriesPerRow;
        for (int e = 0; e < entriesPerRow; e++)
        {
            int part = featureCount / entriesPerRow;
            batch.Indices[(row * entriesPerRow) + e] = (e * part) + random.NextInt(part);
            batch.Values[(row * entriesPerRow) + e] = random.NextSingle();
        }
    }

    Label(batch, random, classCount);
    return batch;
}

static void Label(SampleBatch batch, SeededRandom random, int classCount)
{
    foreach (ref float label in batch.Labels)
    {
        label = classCount == 0 ? random.NextSingle() : random.NextInt(classCount);
    }
}

static void MeasureSmoothness(string name, string kind, int count, int featureCount, int entriesPerRow)
{
    var source = new OneBatchSource(entriesPerRow > 0
        ? SparseBatch(1024, featureCount, 2, entriesPerRow)
        : DenseBatch(1024, featureCount, 2), count);
    IModel model = ModelCatalog.Create(new ModelPlan { Kind = kind }, [featureCount], 2);
    long start = Stopwatch.GetTimestamp();
    double smoothness = model.Smoothness(source)!.Value;
    double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{name,-34} L = {smoothness:G6} of {count} samples in {seconds:F2} s"));
}

/// <summary>As many samples as one likes, from the rows of one batch over and over.</summary>
internal sealed class OneBatchSource(SampleBatch rows, int count) : ISampleSource
{
    public int Count => count;

    public int FeatureCount => rows.FeatureCount;

    public int ClassCount => 2;

    public bool IsSparse => rows.IsSparse;

    public void Read(ReadOnlySpan<int> wanted, SampleBatch batch)
    {
        if (IsSparse)
        {
            int width = rows.RowStarts[1];
            batch.ResizeSparse(wanted.Length, FeatureCount, wanted.Length * width);
            for (int i = 0; i < wanted.Length; i++)
            {
                int row = wanted[i] % rows.Count;
                batch.RowStarts[i] = i * width;
                rows.Indices.Slice(row * width, width).CopyTo(batch.Indices[(i * width)..]);
                rows.Values.Slice(row * width, width).CopyTo(batch.Values[(i * width)..]);
            }
        }
        else
        {
            batch.ResizeDense(wanted.Length, FeatureCount);
            for (int i = 0; i < wanted.Length; i++)
            {
                rows.Dense.Slice(wanted[i] % rows.Count * FeatureCount, FeatureCount)
                    .CopyTo(batch.Dense[(i * FeatureCount)..]);
            }
        }

        for (int i = 0; i < wanted.Length; i++)
        {
            batch.Labels[i] = rows.Labels[wanted[i] % rows.Count];
        }
    }
}
