namespace OrleansSgd.Client.Safetensors;

/// <summary>The numbers of the format that reader and writer share.</summary>
/// <remarks>
/// A file is: header length (u64 LE), header (JSON, padded with spaces), values. Each entry of the header names a tensor:
/// <c>{"dtype":"F32","shape":[…],"data_offsets":[begin,end]}</c>, offsets counted from the first byte of the values,
/// which the tensors fill without gap or overlap. <c>__metadata__</c> maps text to text.
/// </remarks>
internal static class SafetensorsLayout
{
    /// <summary>Bytes of the header length.</summary>
    public const int PrefixSize = sizeof(ulong);

    /// <summary>Longest header, in bytes; the format's own limit.</summary>
    public const int HeaderSizeMax = 100_000_000;

    /// <summary>The values begin at a multiple of it.</summary>
    public const int Alignment = 8;

    /// <summary>The one type we write: f32, little-endian.</summary>
    public const string F32 = "F32";

    /// <summary>The key that is no tensor.</summary>
    public const string MetadataKey = "__metadata__";
}
