using System.Buffers.Binary;
using System.Numerics;
using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Randomness;

namespace OrleansSgd.Core.Tests.Consistency;

/// <summary>Records for the ledger's tests.</summary>
internal static class SampleRecords
{
    /// <summary>The record whose bytes stand in docs/theory.md.</summary>
    public static TicketRecord Golden()
    {
        TicketRecord record = new();
        record.Begin(2);
        record.Ticket = 41;
        record.RoundTicket = 40;
        record.SlotCount = 4;
        record.Worker = 3;
        record.Incarnation = 2;
        record.Rate = 0.125;
        record.SampleCount = 64;
        record.LossSum = 96;
        record.ResidualNormSquared = 0.25;
        record.ResidualCarried = true;
        record.Gamma = 0.5;
        record.HalfBatchDifferenceSquared = 8;
        record.StepCount = 3;
        record.LocalDistance = 0.5;
        record.IsPartial = true;
        record.SecantGradient = 2;
        record.SecantDistance = 1;
        record.GradientSeconds = 0.25;
        record.SetView(0, 1, 38, [39]);
        record.SetView(1, 0, 40, []);
        record.Slices[0].NormSquared = 2;
        record.Slices[0].ViewVersion = 12;
        record.Slices[0].Projection = -1.5;
        record.Slices[0].SubstituteNormSquared = 0.125;
        record.Slices[0].ViewErrorSquared = 0.0625;
        record.Slices[0].State = SliceState.Applied;
        record.Slices[1].NormSquared = 3;
        record.Slices[1].State = SliceState.Tombstoned;
        return record;
    }

    public static TicketRecord Drawn(ulong seed)
    {
        SeededRandom random = new(seed);
        TicketRecord record = new();
        int shards = 1 + random.NextInt(5);
        record.Begin(shards, 64 * random.NextInt(3), random.NextInt(2) == 0);
        record.SlotCount = 1 + random.NextInt(3);
        record.Ticket = 100 + random.NextInt(1000);
        record.RoundTicket = record.Ticket - random.NextInt(record.SlotCount);
        record.Worker = random.NextInt(100);
        record.Incarnation = random.NextInt(5);
        record.Rate = random.NextDouble();
        record.SampleCount = random.NextInt(512);
        record.LossSum = random.NextInt(2) == 0 ? double.NaN : random.NextGaussian();
        record.ResidualNormSquared = random.NextDouble();
        record.ResidualCarried = random.NextInt(2) == 0;
        record.Gamma = random.NextDouble();
        record.DroppedNormSquared = random.NextDouble();
        record.GradientNormSquared = random.NextInt(2) == 0 ? double.NaN : random.NextDouble();
        record.StepCount = 1 + random.NextInt(8);
        record.LocalDistance = random.NextInt(2) * random.NextDouble();
        record.IsPartial = random.NextInt(2) == 0;
        record.SecantGradient = random.NextInt(2) == 0 ? double.NaN : random.NextDouble();
        record.SecantDistance = random.NextInt(2) == 0 ? double.NaN : random.NextDouble();
        record.GradientSeconds = random.NextInt(2) == 0 ? double.NaN : random.NextDouble();
        record.SketchSeed = random.NextUInt64();
        foreach (ref float counter in record.SketchWidth > 0 ? AllSketches(record) : [])
        {
            counter = (float)random.NextGaussian();
        }

        for (int shard = 0; shard < shards; shard++)
        {
            long watermark = 50 + random.NextInt(40);
            record.SetView(shard, random.NextInt(3), watermark, [.. Enumerable.Range(0, random.NextInt(4)).Select(i => watermark + 1 + (2 * i))]);
            record.Slices[shard].NormSquared = random.NextDouble();
            record.Slices[shard].ViewVersion = random.NextInt(1000);
            record.Slices[shard].Projection = random.NextInt(2) == 0 ? double.NaN : random.NextGaussian();
            record.Slices[shard].SubstituteNormSquared = random.NextInt(2) * random.NextDouble();
            record.Slices[shard].ViewErrorSquared = random.NextInt(2) * random.NextDouble();
            record.Slices[shard].State = (SliceState)random.NextInt(3);
        }

        return record;
    }

    public static byte[] Frame(TicketRecord record)
    {
        byte[] frame = new byte[LedgerFrame.SizeOf(record)];
        LedgerFrame.Write(record, frame);
        return frame;
    }

    /// <summary>Gives a changed frame the checksums that belong to it.</summary>
    public static byte[] Resealed(byte[] frame)
    {
        if (frame.Length >= LedgerFrame.HeaderSize)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(152), Checksum(frame.AsSpan(LedgerFrame.HeaderSize)));
            BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(156), Checksum(frame.AsSpan(0, 156)));
        }

        return frame;
    }

    private static Span<float> AllSketches(TicketRecord record)
    {
        Span<float> first = record.Sketch(0);
        return System.Runtime.InteropServices.MemoryMarshal.CreateSpan(
            ref first[0], record.ShardCount * record.SketchWidth * (record.HasResidualSketches ? 2 : 1));
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte one in bytes)
        {
            crc = BitOperations.Crc32C(crc, one);
        }

        return ~crc;
    }
}
