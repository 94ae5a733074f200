namespace OrleansSgd.Data;

/// <summary>The kinds of data a plan can name.</summary>
public static class DataKinds
{
    /// <summary>Two IDX files, images and labels.</summary>
    public const string Idx = "idx";

    /// <summary>One LibSVM text file: <c>label index:value …</c>, indices from 1.</summary>
    public const string LibSvm = "libsvm";

    /// <summary>One table of numbers as text.</summary>
    public const string Csv = "csv";

    /// <summary>Generated from a seed.</summary>
    public const string Synthetic = "synthetic";

    /// <summary>The four IDX files of MNIST under <c>mnist</c> of the data folder.</summary>
    public const string Mnist = "mnist";

    /// <summary>The six binary files of CIFAR-10 under <c>cifar10</c> of the data folder.</summary>
    public const string Cifar10 = "cifar10";

    /// <summary>One text; samples are windows of its characters.</summary>
    public const string Text = "text";

    /// <summary>Every kind, in the order errors list them.</summary>
    public static IReadOnlyList<string> All { get; } = [Idx, LibSvm, Csv, Synthetic, Mnist, Cifar10, Text];
}

/// <summary>The random changes made to training images before a gradient is taken.</summary>
public static class Augmentations
{
    /// <summary>Moves the image by up to 4 pixels each way; what comes in at the edge is 0.</summary>
    public const string Crop = "crop";

    /// <summary>Mirrors every other image, left for right.</summary>
    public const string Flip = "flip";

    /// <summary>Every change, in the order in which they are made.</summary>
    public static IReadOnlyList<string> All { get; } = [Crop, Flip];
}

/// <summary>The shapes of synthetic data.</summary>
public static class SyntheticShapes
{
    /// <summary>Dense regression with a known optimum, L and c.</summary>
    public const string LeastSquares = "least-squares";

    /// <summary>Sparse rows of unit length with two classes, shaped like the RCV1 text collection.</summary>
    public const string SparseLogistic = "sparse-logistic";

    /// <summary>Dense classification: one Gaussian cloud a class.</summary>
    public const string GaussianMixture = "gaussian-mixture";

    /// <summary>Every shape, in the order errors list them.</summary>
    public static IReadOnlyList<string> All { get; } = [LeastSquares, SparseLogistic, GaussianMixture];
}

/// <summary>How the labels of a file become class numbers 0 .. k − 1, or targets.</summary>
public static class LabelSchemes
{
    /// <summary>Signed when a label is −1, else zero-based when a label is 0, else one-based.</summary>
    public const string Auto = "auto";

    /// <summary>−1 and +1 become 0 and 1.</summary>
    public const string PlusMinus = "signed";

    /// <summary>0 .. k − 1 stay as they are.</summary>
    public const string ZeroBased = "zero-based";

    /// <summary>1 .. k become 0 .. k − 1.</summary>
    public const string OneBased = "one-based";

    /// <summary>Words (csv only): the distinct words in ordinal order become 0 .. k − 1.</summary>
    public const string Names = "names";

    /// <summary>Real numbers for regression; the class count is 0.</summary>
    public const string Targets = "targets";

    /// <summary>Every scheme, in the order errors list them.</summary>
    public static IReadOnlyList<string> All { get; } = [Auto, PlusMinus, ZeroBased, OneBased, Names, Targets];
}
