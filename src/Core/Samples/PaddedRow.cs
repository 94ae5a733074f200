using System.Runtime.InteropServices;

namespace OrleansSgd.Core.Samples;

/// <summary>A sparse row as loops over four entries at once want it: filled up in front to a multiple of four.</summary>
/// <remarks>
/// What fills it up has the feature of the row's first entry, which stands in the same four, and is worth 0: a sum stays what it is, and so does a
/// vector whose places are stored in the row's order after all four were read. Borrowed from its <see cref="SparseTable"/>.
/// </remarks>
public readonly ref struct PaddedRow
{
    /// <summary>Entries that are taken at once.</summary>
    public const int Width = 4;

    // Label, features, values: one run of lines.
    private readonly ReadOnlySpan<int> _words;

    internal PaddedRow(ReadOnlySpan<int> words) => _words = words;

    /// <summary>Entries with those that fill it up; a multiple of <see cref="Width"/>.</summary>
    public int Length => _words.Length >> 1;

    /// <summary>The row's label.</summary>
    public float Label => BitConverter.Int32BitsToSingle(_words[0]);

    /// <summary>[<see cref="Length"/>]; the features.</summary>
    public ReadOnlySpan<int> Indices => _words.Slice(1, Length);

    /// <summary>[<see cref="Length"/>]; their values.</summary>
    public ReadOnlySpan<float> Values => MemoryMarshal.Cast<int, float>(_words[(1 + Length)..]);

    /// <summary>Words of a row with so many entries.</summary>
    internal static long SizeOf(int entries) => 1 + (2L * PaddedLength(entries));

    /// <summary>Writes a row of <see cref="SizeOf"/> words.</summary>
    internal static void Write(Span<int> words, float label, ReadOnlySpan<int> indices, ReadOnlySpan<float> values)
    {
        int length = PaddedLength(indices.Length);
        int added = length - indices.Length;
        words[0] = BitConverter.SingleToInt32Bits(label);
        words.Slice(1, added).Fill(indices.IsEmpty ? 0 : indices[0]);
        indices.CopyTo(words[(1 + added)..]);
        words.Slice(1 + length, added).Clear();
        MemoryMarshal.Cast<float, int>(values).CopyTo(words[(1 + length + added)..]);
    }

    private static int PaddedLength(int entries) => (entries + Width - 1) & ~(Width - 1);
}
