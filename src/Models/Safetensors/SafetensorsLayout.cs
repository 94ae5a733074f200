namespace OrleansSgd.Models.Safetensors;

/// <summary>The numbers of the safetensors format that reader and writer share.</summary>
/// <remarks>
/// A file is: header length (u64 LE), header (JSON, padded with spaces), values. Each entry of the header names a tensor:
/// <c>{"dtype":"F32","shape":[…],"data_offsets":[begin,end]}</c>, offsets counted from the first byte of the values,
/// which the tensors fill without gap or overlap. <c>__metadata__</c> maps text to text.
/// </remarks>
public static class SafetensorsLayout
{
    /// <summary>Bytes of the header length.</summary>
    public const int PrefixSize = sizeof(ulong);

    /// <summary>Longest header, in bytes; the format's own limit.</summary>
    public const int HeaderSizeMax = 100_000_000;

    /// <summary>The values begin at a multiple of it.</summary>
    public const int Alignment = 8;

    /// <summary>The type of everything that is trained, and of most that is not: f32, little-endian.</summary>
    public const string F32 = "F32";

    /// <summary>The type of counts: i64, little-endian.</summary>
    public const string I64 = "I64";

    /// <summary>Upper half of an f32.</summary>
    public const string BF16 = "BF16";

    /// <summary>IEEE half precision.</summary>
    public const string F16 = "F16";

    /// <summary>The key that is no tensor.</summary>
    public const string MetadataKey = "__metadata__";

    /// <summary>Bytes of one value by type; types that are not here are not read.</summary>
    public static IReadOnlyDictionary<string, int> ValueSizes { get; } = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["F64"] = 8,
        [F32] = 4,
        [F16] = 2,
        [BF16] = 2,
        [I64] = 8,
        ["I32"] = 4,
        ["I16"] = 2,
        ["I8"] = 1,
        ["U8"] = 1,
        ["BOOL"] = 1,
    };
}
