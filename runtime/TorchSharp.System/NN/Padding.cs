namespace TorchSharp;

/// <summary>What added rows and columns contain.</summary>
public enum PaddingModes
{
    /// <summary>Zeros.</summary>
    Zeros = 0,

    /// <summary>The image mirrored at its edge, which is not repeated.</summary>
    Reflect = 1,

    /// <summary>The edge.</summary>
    Replicate = 2,

    /// <summary>The other side of the image.</summary>
    Circular = 3,

    /// <summary>One value.</summary>
    Constant = 4,
}

/// <summary>Padding of a convolution by name.</summary>
public enum Padding
{
    /// <summary>None.</summary>
    Valid = 0,

    /// <summary>So much that the output is as large as the input.</summary>
    Same = 1,
}
