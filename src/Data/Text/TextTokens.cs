using System.Buffers;
using System.Text;

namespace OrleansSgd.Data.Text;

/// <summary>A text as numbers: each distinct character, in the order of its code point, has the next number from 0.</summary>
/// <param name="Tokens">[characters of the file].</param>
/// <param name="Vocabulary">The character behind each number; 2 to 65536.</param>
internal sealed record TextTokens(ushort[] Tokens, IReadOnlyList<string> Vocabulary)
{
    /// <summary>Reads UTF-8 to the end of the stream; a byte order mark at its start is left out.</summary>
    /// <param name="stream">At its first byte; stays open.</param>
    /// <param name="name">The file's name, for errors.</param>
    /// <exception cref="InvalidDataException">The text is empty, one character over and over, or not UTF-8.</exception>
    public static TextTokens Read(Stream stream, string name)
    {
        ReadOnlySpan<byte> text = ReadAll(stream, name);
        int start = text.StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
        var distinct = new HashSet<Rune>();
        int count = 0;
        for (int at = start; at < text.Length; count++)
        {
            if (Rune.DecodeFromUtf8(text[at..], out Rune character, out int size) != OperationStatus.Done)
            {
                throw new InvalidDataException(
                    $"{name} is not UTF-8 at byte {at} (0x{text[at]:X2}). Convert it, for example with iconv, or bring a whole copy.");
            }

            distinct.Add(character);
            at += size;
        }

        Check(distinct.Count, count, name);
        Rune[] vocabulary = [.. distinct.Order()];
        var numbers = new Dictionary<Rune, ushort>();
        foreach (Rune character in vocabulary)
        {
            numbers.Add(character, (ushort)numbers.Count);
        }

        ushort[] tokens = new ushort[count];
        for (int i = 0, at = start; i < count; i++)
        {
            _ = Rune.DecodeFromUtf8(text[at..], out Rune character, out int size);
            tokens[i] = numbers[character];
            at += size;
        }

        return new(tokens, [.. vocabulary.Select(character => character.ToString())]);
    }

    private static ReadOnlySpan<byte> ReadAll(Stream stream, string name)
    {
        using var bytes = new MemoryStream();
        try
        {
            stream.CopyTo(bytes);
        }
        catch (IOException error) when (bytes.Length > Array.MaxLength / 2)
        {
            throw new InvalidDataException(
                $"{name} has more than {bytes.Length} bytes; a text may have {Array.MaxLength}. Cut it into several jobs.", error);
        }

        return bytes.GetBuffer().AsSpan(0, (int)bytes.Length);
    }

    private static void Check(int distinct, int count, string name)
    {
        if (distinct < 2)
        {
            throw new InvalidDataException(
                $"{name} has {count} characters, {distinct} of them distinct; a text to learn from has 2 or more. Check the path.");
        }

        if (distinct > DataPlan.ClassCountMax)
        {
            throw new InvalidDataException(
                $"{name} has {distinct} distinct characters; use a text with {DataPlan.ClassCountMax} at most.");
        }
    }
}
