using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Schedules;
using OrleansSgd.Data;
using OrleansSgd.Models;

namespace OrleansSgd.Client.JobFiles;

/// <summary>Every key a job file may have.</summary>
/// <remarks>
/// The table in docs/job-file.md is made of this, and tests compare it with the properties, defaults and limits of the
/// plans, so a new option of a plan cannot be forgotten here.
/// </remarks>
internal static class JobSchema
{
    /// <summary>Most silos in one process: more than one machine has a use for.</summary>
    public const int SilosMax = 64;

    private const string SeedRange = "0 to 18446744073709551615";
    private const string CountRange = "1 to 2147483647";

    /// <summary>Top level.</summary>
    public static JobSection File { get; } = new("",
    [
        new("name", JobValueKind.Text, "1 to 64 letters, digits, '-', '_' and '.'", "job", "Names the job and the folder of its result."),
        new("data", JobValueKind.Section, "", "", "Where the samples come from."),
        new("model", JobValueKind.Section, "", "", "What is trained."),
        new("workers", JobValueKind.Whole, "1 to 10000", "1", "Workers; each computes gradients on one thread at a time."),
        new("shards", JobValueKind.Whole, "1 to 10000", "1", "Shards the parameters are cut into; no more than there are parameters."),
        new("silos", JobValueKind.Whole, $"1 to {SilosMax}", "1", "Silos that `grid train` starts in its process; a running grid has its own."),
        new("batch", JobValueKind.Whole, "1 to 1000000", "64", "Samples of a mini-batch."),
        new("epochs", JobValueKind.Whole, "1 to 1000000", "1", "Passes over the training data."),
        new("seed", JobValueKind.Seed, SeedRange, "1", "Everything random in the run follows from it."),
        new("mode", JobValueKind.Text, "", RunPlan.Async, "Who waits for whom; see Modes.") { Choices = RunPlan.Modes },
        new("stepsAheadMax", JobValueKind.Whole, "0 to 10000", "3", "s: steps a worker may be ahead of the slowest. ssp."),
        new("normShare", JobValueKind.Number, "0 to 1", "0.5", "β: 1 lets a gradient miss nothing, 0 as much as all workers can have under way. norm-bounded."),
        new("quorum", JobValueKind.Number, "0 to 1", "0.5", "Share of a round that must have arrived before the next begins. variance-bounded."),
        new("substitute", JobValueKind.Text, "", "auto", "What stands in for a missing update: nothing, the own, the mean of those that came, or whichever is closest. variance-bounded.")
        { Choices = RunPlan.Substitutes },
        new("stalenessShare", JobValueKind.Number, "above 0, at most 100", "0.25", "κ: staleness may be this part of the noise in the certificate. adaptive."),
        new("assignment", JobValueKind.Text, "", RunPlan.Pure, "Who gets the next batch; see Modes. All but bsp and variance-bounded.") { Choices = RunPlan.Assignments },
        new("localSteps", JobValueKind.Whole, "1 to 10000", "1", "H: gradients a worker takes by itself between two pushes. Not with momentum, adam or variance-bounded. On sparse rows, logistic and least-squares without l2 take them at the cost of their samples in asynchronous modes: hundreds pay."),
        new("deadlineSeconds", JobValueKind.Number, "0 to 86400", "0", "Seconds after which a straggler pushes the layers it has got to; 0: never. bsp."),
        new("answerFraction", JobValueKind.Number, "above 0, at most 1", "1", "Share of a slice's coordinates in a shard's answer, the most changed ones; 1: all that changed. All but bsp."),
        new("leaseBatches", JobValueKind.Whole, "1 to 10000", "16", "Batches a worker leases at a time in asynchronous modes."),
        new("workersPerSilo", JobValueKind.Whole, "0 to 10000", "0", "Workers that one silo takes on: with fewer silos fewer of `workers` compute. 0: no limit. All but bsp and variance-bounded."),
        new("scaling", JobValueKind.Text, "", RunPlan.ScaleNothing, "What changes while fewer workers compute: nothing, the batch of each (so that all together use as many samples a step), or the rate of each (α* / p with α* = rate × workers).") { Choices = RunPlan.Scalings },
        new("codec", JobValueKind.Section, "", "", "How updates are encoded."),
        new("rate", JobValueKind.Section, "", "", "The learning rate; a bare number is a constant rate.") { Shorthand = "rate" },
        new("rule", JobValueKind.Section, "", "", "How a gradient becomes an update; a bare word is its kind.") { Shorthand = "kind" },
        new("consistency", JobValueKind.Section, "", "", "How closely consistency is measured."),
    ]);

    /// <summary>The <c>data</c> section.</summary>
    public static JobSection Data { get; } = new("data",
    [
        new("kind", JobValueKind.Text, "", "none; must be given", "What the data is.") { Choices = DataKinds.All },
        new("path", JobValueKind.Text, "a file name", "none", "Training samples (idx: the images), plain or gzip; relative paths start at the data folder. idx, libsvm, csv, text."),
        new("labelPath", JobValueKind.Text, "a file name", "none", "Labels of `path`. idx."),
        new("testPath", JobValueKind.Text, "a file name", "none", "Test samples, in the format of `path`."),
        new("testLabelPath", JobValueKind.Text, "a file name", "none", "Labels of `testPath`. idx."),
        new("limit", JobValueKind.Whole, CountRange, "all", "Reads the first rows only, before any split."),
        new("testLimit", JobValueKind.Whole, CountRange, "all", "Reads the first rows of the test file only."),
        new("testShare", JobValueKind.Number, "above 0 and below 1", "none", "Share of the rows of `path` drawn for testing; text: share at the end of the text."),
        new("seed", JobValueKind.Seed, SeedRange, "1", "Seed of the split and of synthetic data."),
        new("normalise", JobValueKind.Switch, "true or false", "false", "Subtracts the mean and divides by the standard deviation of the training rows. idx, mnist, cifar10, csv."),
        new("augment", JobValueKind.TextList, "", "none", "Random changes of training images, drawn anew in each epoch. idx, mnist, cifar10.") { Choices = Augmentations.All },
        new("prefetch", JobValueKind.Whole, $"0 to {DataPlan.PrefetchMax}", "0", "Batches of the lease that are read ahead while a gradient is computed."),
        new("length", JobValueKind.Whole, $"1 to {DataPlan.LengthMax}", "64", "Characters a model sees before it predicts the next. text."),
        new("stride", JobValueKind.Whole, CountRange, "length", "Characters between the beginnings of two samples. text."),
        new("labels", JobValueKind.Text, "", LabelSchemes.Auto, "How labels become class numbers or targets. libsvm, csv.") { Choices = LabelSchemes.All },
        new("classCount", JobValueKind.Whole, $"2 to {DataPlan.ClassCountMax}", "from the labels (gaussian-mixture: 10)", "Classes."),
        new("featureCount", JobValueKind.Whole, $"1 to {DataPlan.FeatureCountMax}", "from the file (synthetic: by shape)", "Coordinates of a sample. libsvm, synthetic."),
        new("header", JobValueKind.Switch, "true or false", "true", "Whether the first line names the columns. csv."),
        new("labelColumn", JobValueKind.Text, "a name, or an index from 0", "the last", "The label's column. csv."),
        new("delimiter", JobValueKind.Text, "one character, or tab", "a comma", "What stands between two columns. csv."),
        new("shape", JobValueKind.Text, "", "none; must be given for synthetic", "Which samples are made. synthetic.") { Choices = SyntheticShapes.All },
        new("sampleCount", JobValueKind.Whole, CountRange, "10000 (sparse-logistic: 20000)", "Training samples to make. synthetic."),
        new("testSampleCount", JobValueKind.Whole, "0 to 2147483647", "a fifth of sampleCount", "Test samples to make. synthetic."),
        new("noise", JobValueKind.Number, "0 to 1000000", "0.1 (sparse-logistic: 0.05; gaussian-mixture: 1)", "Standard deviation of targets or of a cloud; sparse-logistic: share of labels turned over, at most 0.5."),
        new("condition", JobValueKind.Number, "1 to 1000000", "100", "Condition number L/c of the least-squares problem."),
        new("entriesPerRow", JobValueKind.Whole, "1 to a quarter of featureCount", "74", "Mean entries of a sparse row. sparse-logistic."),
        new("separation", JobValueKind.Number, "above 0, at most 1000000", "4", "Distance of each centre from the origin. gaussian-mixture."),
    ]);

    /// <summary>The <c>model</c> section.</summary>
    public static JobSection Model { get; } = new("model",
    [
        new("kind", JobValueKind.Text, "", ModelCatalog.Softmax, "Which loss is trained.") { Choices = ModelCatalog.Kinds },
        new("hidden", JobValueKind.WholeList, "at most 32 widths of 1 to 1048576", "[]", "Widths of the hidden layers. mlp, torch-mlp."),
        new("activation", JobValueKind.Text, "", "relu", "After every hidden layer. mlp, torch-mlp.") { Choices = ["relu", "tanh"] },
        new("l2", JobValueKind.Number, "0 to 1000000", "0", "λ: the mean loss grows by ½·λ·‖x‖²."),
        new("bias", JobValueKind.Switch, "true or false", "true", "Whether each layer has a bias. lenet5, resnet, wideresnet, transformer and torchscript have those they have."),
        new("depth", JobValueKind.Whole, "resnet: 6n + 2; wideresnet: 6n + 4; both up to 1000; transformer: up to 128", "resnet: 20; wideresnet: 28; transformer: 2", "Layers with weights; blocks of a transformer. resnet, wideresnet, transformer."),
        new("width", JobValueKind.Whole, "wideresnet: 1 to 64; transformer: up to 16384", "wideresnet: 10; transformer: 128", "k, how many times wider than the plain network; coordinates of a token of a transformer. wideresnet, transformer."),
        new("heads", JobValueKind.Whole, "a divisor of width, at most 1024", "4", "Heads of attention. transformer."),
        new("path", JobValueKind.Text, "a file name", "none; must be given for torchscript", "What torch.jit.save wrote; every silo reads it. Relative paths start at the working directory. torchscript."),
        new("loss", JobValueKind.Text, "", "cross-entropy for classes, squared for targets", "What the module's output is measured by. torchscript.") { Choices = ModelCatalog.Losses },
        new("start", JobValueKind.Text, "a file name", "none", "A safetensors file, such as an earlier run's, that training starts from; tensors by name and shape. Relative paths start at the working directory."),
    ]);

    /// <summary>The <c>codec</c> section.</summary>
    public static JobSection Codec { get; } = new("codec",
    [
        new("kind", JobValueKind.Text, "", CodecPlan.Dense, "How an update is encoded; see above the table.") { Choices = CodecPlan.Kinds },
        new("fraction", JobValueKind.Number, "above 0, at most 1", "none", "Share of the coordinates sent. top-k and random-k take this or `count`."),
        new("count", JobValueKind.Whole, CountRange, "none", "Coordinates sent. top-k, random-k."),
        new("errorFeedback", JobValueKind.Switch, "true or false", "true", "Whether what is not sent is kept for the next update."),
        new("levels", JobValueKind.Whole, "1 to 127", "31", "Levels of a magnitude. qsgd."),
        new("bucket", JobValueKind.Whole, "a multiple of 8, 16 to 1073741824", "512", "Coordinates that share a scale. qsgd, one-bit."),
        new("threshold", JobValueKind.Number, "above 0", "none", "Smallest magnitude sent, in parameter units (rate times gradient). threshold."),
        new("separateMeans", JobValueKind.Switch, "true or false", "false", "Whether positive and negative values have scales of their own. one-bit."),
        new("values", JobValueKind.Text, "", CodecPlan.WholeValues, "How each value is sent; bfloat16 takes half the bytes. dense, top-k, random-k, threshold.") { Choices = CodecPlan.ValueKinds },
    ]);

    /// <summary>The <c>rate</c> section.</summary>
    public static JobSection Rate { get; } = new("rate",
    [
        new("kind", JobValueKind.Text, "", SchedulePlan.Constant, "How the rate falls over the run.")
        { Choices = [SchedulePlan.Constant, SchedulePlan.Steps, SchedulePlan.Cosine, SchedulePlan.InverseSqrt] },
        new("rate", JobValueKind.Number, "above 0", "0.1", "α, per update."),
        new("milestones", JobValueKind.NumberList, "ascending epochs above 0", "none", "Epochs at which the rate is multiplied by `factor`. steps."),
        new("factor", JobValueKind.Number, "above 0 and below 1", "0.1", "steps."),
        new("rateMin", JobValueKind.Number, "0 up to rate", "0", "The rate at the end of the run. cosine."),
        new("warmUpEpochs", JobValueKind.Number, "0 or more", "0", "Epochs until the full rate; begins at a tenth of it."),
    ]);

    /// <summary>The <c>rule</c> section.</summary>
    public static JobSection Rule { get; } = new("rule",
    [
        new("kind", JobValueKind.Text, "", RulePlan.Sgd, "How a gradient becomes an update; see above the table.") { Choices = RulePlan.Kinds },
        new("decay", JobValueKind.Number, "0 up to, not including, 1", "0.9", "μ of momentum, β₁ of adam."),
        new("squareDecay", JobValueKind.Number, "0 up to, not including, 1", "0.999", "β₂. adam."),
        new("weightDecay", JobValueKind.Number, "0 to 1000000", "0", "λ: the objective grows by ½·λ·‖x‖²."),
        new("clipNorm", JobValueKind.Number, "0 or more", "0", "Largest ‖g‖ that is used whole; a longer gradient is scaled down to it. 0: no limit."),
        new("delayAdaptive", JobValueKind.Switch, "true or false", "false", "Lowers the rate of gradients delayed by more than the number of workers to 1 / (4·L·delay). All modes but bsp and variance-bounded."),
    ]);

    /// <summary>The <c>consistency</c> section.</summary>
    public static JobSection Consistency { get; } = new("consistency",
    [
        new("sketch", JobValueKind.Whole, "0, or a power of two, 64 to 4096", "0", "Counters of the sketches that estimate distances; 0: upper bounds only."),
        new("noiseEvery", JobValueKind.Whole, "1 to 1000000", "16", "Every how many updates of a worker its batch is halved to measure the noise."),
        new("smoothnessEvery", JobValueKind.Whole, "0 to 1000000", "128", "Every how many updates of a worker a gradient is computed twice to measure L, where it is not known exactly; 0: never."),
        new("cutSeconds", JobValueKind.Number, "0 to 86400", "5", "Seconds between two measurements of the training loss inside an epoch, more where one takes over a tenth of that; 0: at the ends of epochs only."),
        new("lossSamples", JobValueKind.Whole, "0 to 2147483647", "2048", "Training samples the loss is measured on; 0: all."),
        new("bound", JobValueKind.Number, "above 0", "predicted for the mode", "B: mean gaps are tested against B²."),
        new("confidence", JobValueKind.Number, "above 0.5, below 1", "0.99", "One-sided confidence of tests and limits."),
    ]);

    /// <summary>Every section, the file itself first.</summary>
    public static IReadOnlyList<JobSection> Sections { get; } = [File, Data, Model, Codec, Rate, Rule, Consistency];

    /// <summary>The section a key of the file opens.</summary>
    public static JobSection Section(string name)
    {
        foreach (JobSection section in Sections)
        {
            if (section.Name == name)
            {
                return section;
            }
        }

        throw new ArgumentException($"'{name}' is no section of a job file.", nameof(name));
    }
}
