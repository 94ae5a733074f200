using System.Globalization;
using System.Text;

namespace OrleansSgd.Storage.Layout;

/// <summary>What things are called in every store: jobs, parts, manifests. docs/checkpoint-format.md shows the tree.</summary>
internal static class StoreNames
{
    /// <summary>The longest name of a part.</summary>
    public const int PartNameMax = 100;

    // Three characters for each escaped byte must still fit the 255 bytes that file systems allow a name.
    private const int JobSegmentMax = 240;

    private const string PartsFolder = "parts/";

    /// <summary>The job's name as one path segment, the same on every system; <see cref="JobOf"/> undoes it.</summary>
    /// <remarks>Letters, digits, '-', '_' and inner dots stay; every other byte of the UTF-8 becomes %XX.</remarks>
    /// <exception cref="ArgumentException">Empty, or too long for a file name once escaped.</exception>
    public static string SegmentOf(string job)
    {
        ArgumentException.ThrowIfNullOrEmpty(job);
        StringBuilder segment = new(job.Length);
        foreach (byte one in Encoding.UTF8.GetBytes(job))
        {
            char letter = (char)one;
            bool stays = char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' || (letter == '.' && segment.Length > 0);
            segment = stays ? segment.Append(letter) : segment.Append(CultureInfo.InvariantCulture, $"%{one:X2}");
        }

        return segment.Length <= JobSegmentMax
            ? segment.ToString()
            : throw new ArgumentException(
                $"Job name '{job}' takes {segment.Length} characters as a file name; the most is {JobSegmentMax}. Use a shorter name.", nameof(job));
    }

    /// <summary>The job that a segment stands for; null when no job's name makes this segment.</summary>
    public static string? JobOf(string segment)
    {
        string job = Uri.UnescapeDataString(segment);
        return job.Length > 0 && segment.Length <= JobSegmentMax && SegmentOf(job) == segment ? job : null;
    }

    /// <summary>Where a part lies, below its job.</summary>
    /// <remarks>The checksum is in the path, so a part that is written again with other bytes never takes the place of one that a manifest names.</remarks>
    public static string PartPath(long generation, string name, uint checksum) => $"{PartsFolder}{Digits(generation)}/{name}~{checksum:X8}";

    /// <summary>The generation that wrote a part, by its path; null when the path is none that <see cref="PartPath"/> makes.</summary>
    public static long? GenerationOfPart(string path)
    {
        string[] segments = path.Split('/');
        if (segments.Length != 3 || segments[0] != "parts" || Number(segments[1]) is not { } generation)
        {
            return null;
        }

        int mark = segments[2].LastIndexOf('~');
        bool isNamed = mark > 0 && NameMistake(segments[2][..mark]) is null
            && uint.TryParse(segments[2].AsSpan(mark + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _);
        return isNamed ? generation : null;
    }

    /// <summary>A path of the manifest that no store writes, refused before it is followed anywhere.</summary>
    public static string? PathMistake(string path) =>
        GenerationOfPart(path) is null ? $"'{path}' is no path of a part; they look like {PartPath(1, "shard-0", 0x9F3A11C0)}" : null;

    /// <summary>Why a part cannot be called this, or null.</summary>
    public static string? NameMistake(string name)
    {
        if (string.IsNullOrEmpty(name) || name.Length > PartNameMax || name[0] == '.')
        {
            return $"Part name '{name}' must have 1 to {PartNameMax} characters and must not begin with a dot";
        }

        foreach (char letter in name)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_' or '.'))
            {
                return $"Part name '{name}' has a '{letter}'; use letters, digits, '-', '_' and '.'";
            }
        }

        return null;
    }

    /// <summary>A number as it stands in names: ten digits, so that names sort like numbers.</summary>
    public static string Digits(long number) => number.ToString("D10", CultureInfo.InvariantCulture);

    /// <summary>The number that ten or more digits mean; null for anything else.</summary>
    public static long? Number(ReadOnlySpan<char> digits) =>
        digits.Length >= 10 && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
}
