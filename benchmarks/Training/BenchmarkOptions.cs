using System.Globalization;
using OrleansSgd.Core.Schedules;
using OrleansSgd.Grains;
using OrleansSgd.Grains.Compute;

namespace OrleansSgd.Benchmarks.Training;

/// <summary>What is measured, as the command line says it: pairs of an option and its value.</summary>
internal sealed class BenchmarkOptions
{
    private readonly Dictionary<string, string> _given = new(StringComparer.Ordinal);
    private readonly string _model;

    /// <param name="model">What is measured unless <c>--model</c> says.</param>
    /// <param name="pairs">An even number of words.</param>
    public BenchmarkOptions(string model, ReadOnlySpan<string> pairs)
    {
        _model = model;
        for (int i = 0; i < pairs.Length; i += 2)
        {
            _given[pairs[i]] = pairs[i + 1];
        }
    }

    public string Model => _given.GetValueOrDefault("--model", _model);

    public int Workers => Number("--workers", 2);

    public int Shards => Number("--shards", 4);

    public int Epochs => Number("--epochs", 3);

    public int Pairs => Number("--pairs", 7);

    public int Length => Number("--length", 1_000_000);

    /// <summary>Share of the coordinates that a push sends; 1 for all.</summary>
    public double Fraction => Real("--fraction", 1);

    /// <summary>Coordinates that a top-k update sends.</summary>
    public int Count => Number("--count", Math.Max(1, Length / 100));

    /// <summary>Share of the test set that a model is to have right.</summary>
    public double Accuracy => Real("--accuracy", 0.98);

    /// <summary>Mean loss over the training rows that is to be reached.</summary>
    public double Loss => Real("--loss", 0.1);

    /// <summary>Where the rows of the sparse regression lie for peers, whole path.</summary>
    public string Rows => Path.GetFullPath(_given.GetValueOrDefault("--rows", Path.Combine(Path.GetTempPath(), "orleans-sgd-rows")));

    /// <summary>Rows of the sparse regression.</summary>
    public int Samples => Number("--samples", 20_000);

    /// <summary>Coordinates of the sparse regression.</summary>
    public int Features => Number("--features", 47_236);

    /// <summary>Training samples to use; null for all.</summary>
    public int? Limit => _given.ContainsKey("--limit") ? Number("--limit", 0) : null;

    /// <summary>Seconds between two measurements of the training loss; 0 for none inside an epoch.</summary>
    public int CutSeconds => Number("--cuts", 0);

    /// <summary>Whether the run writes its trace, as <c>./grid train</c> has it do.</summary>
    public bool IsTraced => _given.GetValueOrDefault("--trace", "off") == "on";

    /// <summary>Steps to record.</summary>
    public int Steps => Number("--steps", 300);

    /// <summary>Threads of one gradient inside libtorch.</summary>
    public int Threads => Number("--threads", 1);

    /// <summary>Samples of a mini-batch of the sparse regression.</summary>
    public int Batch => Number("--batch", 64);

    /// <summary>Mini-batches that a worker of the sparse regression takes by itself between two pushes.</summary>
    public int LocalSteps => Number("--local-steps", 1);

    /// <summary>Updates that a worker of the sparse regression leases samples for.</summary>
    public int LeaseBatches => Number("--lease", 16);

    /// <summary>How the rate of the sparse regression falls.</summary>
    public string Schedule => _given.GetValueOrDefault("--schedule", SchedulePlan.Constant);

    public double Rate => Real("--rate", 0.1);

    /// <summary>Where a recording goes, whole path.</summary>
    public string Out => Path.GetFullPath(_given.GetValueOrDefault("--out", "runs/recording"));

    public string Codec => _given.GetValueOrDefault("--codec", "dense");

    /// <summary>The data folder, whole path.</summary>
    public string Data => Path.GetFullPath(_given.GetValueOrDefault("--data", "data"));

    /// <summary>Tells a silo how many threads an operation has, and with <c>--pin on</c> that each compute thread is to keep to a processor.</summary>
    public void SetThreads(GridOptions silo)
    {
        silo.IntraOpThreads = Threads;
        if (_given.GetValueOrDefault("--pin", "off") == "on" && OperatingSystem.IsLinux())
        {
            silo.Pins = new ProcessorPins(ThreadAffinity.OfThread());
        }
    }

    private double Real(string name, double otherwise) =>
        _given.TryGetValue(name, out string? text) ? double.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private int Number(string name, int otherwise) =>
        _given.TryGetValue(name, out string? text) ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
