namespace OrleansSgd.Data.Fetch;

/// <summary>How a fetch ended.</summary>
/// <param name="IsComplete">Every file is in <paramref name="Folder"/> and its checksum is right.</param>
/// <param name="Folder">Full path of the set's folder.</param>
/// <param name="Origin">Who brought the files; null when they were all there, or when nobody could.</param>
/// <param name="Tried">One sentence for each origin that failed.</param>
/// <param name="Size">Bytes of the whole set.</param>
/// <param name="ByHand">How to place the files without a network.</param>
public sealed record FetchReport(
    bool IsComplete, string Folder, string? Origin, IReadOnlyList<string> Tried, long Size, string ByHand)
{
    /// <summary>The report as text for people; several lines when nothing worked.</summary>
    public override string ToString()
    {
        if (!IsComplete)
        {
            string tried = string.Concat(Tried.Select(line => $"{Environment.NewLine}  {line}"));
            return $"The files of {Folder} could not be fetched. Tried:{tried}{Environment.NewLine}{ByHand}";
        }

        return Origin is null
            ? $"{Folder} is whole ({Size} bytes, checksums right); nothing to fetch."
            : $"{Folder} is whole ({Size} bytes, checksums right), from {Origin}.";
    }
}
