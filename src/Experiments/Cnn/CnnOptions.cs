using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Schedules;
using OrleansSgd.Data;
using OrleansSgd.Models;

namespace OrleansSgd.Experiments.Cnn;

/// <summary>Which network is trained on what, and with which settings.</summary>
public sealed record CnnOptions
{
    /// <summary>LeNet-5 on a handful of digits instead: shows that everything works, not what is true.</summary>
    public bool IsQuick { get; init; }

    /// <summary>Training samples, the first ones of the set; the test set has at most as many, and at most 2000.</summary>
    public int Samples { get; init; } = 5_000;

    /// <summary>Passes over them.</summary>
    public int Epochs { get; init; } = 6;

    /// <summary>Seeds of every setting; the first is <see cref="Seed"/>, the next one more, and so on.</summary>
    public int SeedCount { get; init; } = 3;

    /// <summary>The first seed.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Numbers of workers, ascending.</summary>
    public IReadOnlyList<int> Workers { get; init; } = [1, 2, 4];

    /// <summary>Shares of the coordinates that top-k sends, K / d.</summary>
    public IReadOnlyList<double> Shares { get; init; } = [0.1, 0.01, 0.001];

    /// <summary>The short form.</summary>
    public static CnnOptions Quick { get; } = new() { IsQuick = true, Samples = 640, Epochs = 2, SeedCount = 2, Workers = [1, 2], Shares = [0.01] };

    /// <summary>The network, as people call it.</summary>
    public string Title => IsQuick ? "LeNet-5 on MNIST" : "ResNet-20 on CIFAR-10";

    /// <summary>What is trained.</summary>
    public ModelPlan Model => IsQuick
        ? new ModelPlan { Kind = ModelCatalog.LeNet5 }
        : new ModelPlan { Kind = ModelCatalog.ResNet, Depth = 20 };

    /// <summary>What it is trained on.</summary>
    public DataPlan Data => IsQuick
        ? new DataPlan { Kind = DataKinds.Mnist, Limit = Samples, TestLimit = TestSamples }
        : new DataPlan { Kind = DataKinds.Cifar10, Limit = Samples, TestLimit = TestSamples, Normalise = true, Augment = [.. Augmentations.All] };

    /// <summary>Every setting: for each number of workers the dense codec, then each share with feedback and without.</summary>
    public IReadOnlyList<CnnSetting> Settings =>
    [
        .. from workers in Workers
           from setting in Shares
               .SelectMany(share => new[] { new CnnSetting(workers, share, true), new CnnSetting(workers, share, false) })
               .Prepend(new CnnSetting(workers, 1, true))
           select setting,
    ];

    /// <summary>Everything wrong with the options, each with its option, value and range.</summary>
    public IEnumerable<string> Mistakes()
    {
        (string Option, int Value, int Least, int Most)[] numbers =
        [
            ("--samples", Samples, 2 * Batch, 50_000), ("--epochs", Epochs, 1, 1000), ("--seeds", SeedCount, 1, 1000),
        ];
        foreach ((string option, int value, int least, int most) in numbers)
        {
            if (value < least || value > most)
            {
                yield return $"{option} is {value}; use {least} to {most}.";
            }
        }
    }

    /// <summary>How one run is trained.</summary>
    public RunPlan Run(CnnSetting setting, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(setting);
        return new RunPlan
        {
            Workers = setting.Workers,
            Shards = 2,
            Batch = Batch,
            Epochs = Epochs,
            Seed = seed,
            LeaseBatches = 4,
            Codec = setting.Codec,
            Rate = new SchedulePlan(SchedulePlan.Cosine, Rate: 0.1, RateMin: 0.01),

            // Losses between the ends of epochs would take the processors from the run.
            Consistency = new ConsistencyPlan { CutSeconds = 0, LossSamples = Math.Min(Samples, 1024) },
        };
    }

    private int Batch => IsQuick ? 32 : 128;

    // The test set is gone through after each epoch, and an epoch is short.
    private int TestSamples => Math.Min(Samples, 2000);
}

/// <summary>One way to run: how many workers, and what they send.</summary>
/// <param name="Share">K / d of top-k; 1 for the dense codec.</param>
/// <param name="Feedback">Whether what is not sent is kept for the next update; top-k only.</param>
public sealed record CnnSetting(int Workers, double Share, bool Feedback)
{
    /// <summary>Whether everything is sent.</summary>
    public bool IsDense => Share >= 1;

    /// <summary>The codec.</summary>
    public CodecPlan Codec => IsDense ? new CodecPlan() : new CodecPlan(CodecPlan.TopK, Fraction: Share, ErrorFeedback: Feedback);

    /// <summary>The codec in words.</summary>
    public string CodecName => IsDense ? "dense" : string.Create(null, $"top-k {100 * Share:0.##} %, {(Feedback ? "feedback" : "none")}");
}
