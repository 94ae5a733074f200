using System.Text.Json;
using OrleansSgd.Core.Checkpoints;
using OrleansSgd.Storage.Layout;

namespace OrleansSgd.Storage.Blobs;

/// <summary>What a job's claim blob says: whose the job is, and which checkpoints count.</summary>
/// <remarks>
/// It is only ever replaced by a conditional write against the version that was read. So claiming and publishing are one compare-and-swap each: a manifest that
/// is not listed here does not count, and an old life cannot list one.
/// </remarks>
internal sealed record ClaimText
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    /// <summary>The newest claim.</summary>
    public long Generation { get; init; }

    /// <summary>What that claim is recognised by.</summary>
    public string Token { get; init; } = "";

    /// <summary>For people: the process and machine that claimed.</summary>
    public string Holder { get; init; } = "";

    /// <summary>The checkpoints that count, oldest first.</summary>
    public IReadOnlyList<ManifestOrder> Published { get; init; } = [];

    /// <summary>The bytes of the blob.</summary>
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <summary>Says that the blob holds something else.</summary>
    public static CheckpointStoreException Damaged(string address, JobBlobs blobs) => new(
        StoreTrouble.Damaged,
        $"{address}: the claim of job '{blobs.Job}' ({blobs.Claim.Name}) is damaged or foreign; restore an earlier version of that blob.");

    /// <summary>Reads the blob; null when it holds something else.</summary>
    public static ClaimText? Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize<ClaimText>(bytes, Json) is { Published: not null } claim ? claim : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
