using System.Buffers.Binary;
using System.Text.Json;
using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Consistency.Monitoring;

namespace OrleansSgd.Grains.Checkpoints;

/// <summary>How what a monitor takes becomes the entries of a <see cref="LedgerLog"/>, and back.</summary>
internal static class LedgerEntries
{
    /// <summary>A worker's row.</summary>
    /// <param name="frame">As the worker wrote it.</param>
    public static void AddRow(this LedgerLog log, long ticket, ReadOnlySpan<byte> frame) => log.Add(LedgerEntryKind.Row, ticket, frame);

    /// <summary>Something that only the coordinator knows.</summary>
    public static void AddFact(this LedgerLog log, in LedgerFact fact)
    {
        if (fact.Kind == LedgerFactKind.Settle)
        {
            Span<byte> applied = fact.Applied.Length <= 256 ? stackalloc byte[fact.Applied.Length] : new byte[fact.Applied.Length];
            for (int shard = 0; shard < applied.Length; shard++)
            {
                applied[shard] = fact.Applied[shard] ? (byte)1 : (byte)0;
            }

            log.Add(LedgerEntryKind.Settle, fact.Ticket, applied);
        }
        else
        {
            bool isOfTicket = fact.Kind is LedgerFactKind.Void or LedgerFactKind.Orphan;
            log.Add(LedgerEntryKind.Fact, isOfTicket ? fact.Ticket : -1, JsonSerializer.SerializeToUtf8Bytes(fact, CheckpointJson.Options));
        }
    }

    /// <summary>A cut was announced.</summary>
    public static void AddExpect(this LedgerLog log, long ticket) => log.Add(LedgerEntryKind.Expect, ticket, []);

    /// <summary>The loss at a cut.</summary>
    public static void AddCut(this LedgerLog log, in LossCut cut) =>
        log.Add(LedgerEntryKind.Cut, cut.Ticket, JsonSerializer.SerializeToUtf8Bytes(cut, CheckpointJson.Options));

    /// <summary>An exact ‖x − v‖².</summary>
    public static void AddAudit(this LedgerLog log, long ticket, double staleSquared)
    {
        Span<byte> bytes = stackalloc byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, staleSquared);
        log.Add(LedgerEntryKind.Audit, ticket, bytes);
    }

    /// <summary>The fact of a Settle or Fact entry.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static LedgerFact Fact(in LedgerEntry entry)
    {
        if (entry.Kind != LedgerEntryKind.Settle)
        {
            return Read<LedgerFact>(entry);
        }

        bool[] applied = new bool[entry.Payload.Length];
        for (int shard = 0; shard < applied.Length; shard++)
        {
            applied[shard] = entry.Payload[shard] == 1;
        }

        return new LedgerFact(LedgerFactKind.Settle) { Ticket = entry.Ticket, Applied = applied };
    }

    /// <summary>The loss of a Cut entry.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static LossCut Cut(in LedgerEntry entry) => Read<LossCut>(entry);

    /// <summary>The distance of an Audit entry.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static double Audit(in LedgerEntry entry) => entry.Payload.Length == sizeof(double)
        ? BinaryPrimitives.ReadDoubleLittleEndian(entry.Payload)
        : throw new InvalidDataException($"Ledger log: the audit at byte {entry.Offset} has {entry.Payload.Length} bytes, expected {sizeof(double)}.");

    private static T Read<T>(in LedgerEntry entry)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(entry.Payload, CheckpointJson.Options)
                ?? throw new InvalidDataException($"Ledger log: the entry at byte {entry.Offset} is null.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException(
                $"Ledger log: the {entry.Kind} entry at byte {entry.Offset} cannot be read: {error.Message} A newer build may have written it.", error);
        }
    }
}
