using OrleansSgd.Core.Checkpoints;

namespace OrleansSgd.Grains.Contracts;

/// <summary>Whether a shard has copied itself as it is just before a ticket.</summary>
/// <param name="IsReady">False when it has no parameters, or has not settled every ticket below; then nothing was copied.</param>
/// <param name="Incarnation">The life that was copied.</param>
/// <param name="Version">Its version.</param>
[GenerateSerializer, Immutable, Alias("OrleansSgd.FreezeAnswer")]
public sealed record FreezeAnswer(
    [property: Id(0)] bool IsReady,
    [property: Id(1)] int Incarnation,
    [property: Id(2)] long Version);

/// <summary>Asks a shard to write what it copied.</summary>
/// <param name="Job">The job.</param>
/// <param name="Generation">The claim under which it is written.</param>
/// <param name="Token">What the store knows the claim by.</param>
/// <param name="Name">The part's name.</param>
/// <param name="Incarnation">The life that was copied.</param>
/// <param name="Ticket">The ticket it was copied at.</param>
[GenerateSerializer, Immutable, Alias("OrleansSgd.PartRequest")]
public sealed record PartRequest(
    [property: Id(0)] string Job,
    [property: Id(1)] long Generation,
    [property: Id(2)] string Token,
    [property: Id(3)] string Name,
    [property: Id(4)] int Incarnation,
    [property: Id(5)] long Ticket)
{
    /// <summary>The claim, as Core knows it.</summary>
    public StoreClaim ToClaim() => new(Job, Generation, Token);
}

/// <summary>A part that was written, or why not.</summary>
/// <param name="Path">Where the store put it; empty when it was not written.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Checksum">CRC-32C of the bytes.</param>
/// <param name="Trouble">Null when it was written.</param>
/// <param name="Error">What is the matter, as a sentence; null when it was written.</param>
[GenerateSerializer, Immutable, Alias("OrleansSgd.PartAnswer")]
public sealed record PartAnswer(
    [property: Id(0)] string Path,
    [property: Id(1)] long Length,
    [property: Id(2)] uint Checksum,
    [property: Id(3)] StoreTrouble? Trouble = null,
    [property: Id(4)] string? Error = null)
{
    /// <summary>The answer of a shard whose store has trouble.</summary>
    public static PartAnswer Of(CheckpointStoreException trouble)
    {
        ArgumentNullException.ThrowIfNull(trouble);
        return new PartAnswer("", 0, 0, trouble.Trouble, trouble.Message);
    }
}
