using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Shards;
using OrleansSgd.Simulator.Faults.Hosts;

namespace OrleansSgd.Simulation.Plants;

/// <summary>A grid whose shards have a bug.</summary>
internal sealed class PlantedShards(Func<ParameterShard, ShardMachine> make) : Hooks
{
    public override ShardMachine Shard(ParameterShard shard) => make(shard);
}

/// <summary>Forgets which updates it has: what comes again is applied again.</summary>
internal sealed class ForgetfulShard(ParameterShard shard) : ShardMachine(shard)
{
    // Far from every real number, near enough for the ticket set.
    private const long Elsewhere = 1_000_000;

    public override PushOutcome Push(byte[] frame)
    {
        PushOutcome outcome = base.Push(frame);
        if (outcome.Kind != PushOutcomeKind.Duplicate)
        {
            return outcome;
        }

        byte[] again = [.. frame];
        PushHeader header = PushFrame.ReadHeader(again);
        PushFrame.WriteHeader(again, header with
        {
            Sequence = header.Sequence + Elsewhere,
            Ticket = header.Ticket + Elsewhere,
            Worker = header.Worker + (int)Elsewhere,
        });
        return base.Push(again);
    }
}

/// <summary>Adds up the contributions of a round as they come.</summary>
internal sealed class ArrivalOrderShard(ParameterShard shard) : ShardMachine(shard)
{
    private readonly Dictionary<(long Round, int Slot), int> _arrivals = [];

    public override PushOutcome Push(byte[] frame)
    {
        PushHeader header = PushFrame.ReadHeader(frame);
        if (header.Round != Shard.Version)
        {
            return base.Push(frame);
        }

        if (!_arrivals.TryGetValue((header.Round, header.Slot), out int arrival))
        {
            arrival = _arrivals.Keys.Count(key => key.Round == header.Round);
            _arrivals[(header.Round, header.Slot)] = arrival;
        }

        byte[] moved = [.. frame];
        PushFrame.WriteHeader(moved, header with { Slot = arrival });
        return base.Push(moved);
    }
}

/// <summary>Hears of fences but takes what earlier lives of a worker still send.</summary>
internal sealed class UnfencedShard(ParameterShard shard) : ShardMachine(shard)
{
    // All lives of a worker look like one to the shard.
    private const int AnyLife = int.MaxValue;
    private const long LifeStride = 1_000_000;

    public override PushOutcome Push(byte[] frame)
    {
        byte[] disguised = [.. frame];
        PushHeader header = PushFrame.ReadHeader(disguised);
        PushFrame.WriteHeader(disguised, header with
        {
            Incarnation = AnyLife,
            Sequence = header.Sequence + (header.Incarnation * LifeStride),
        });
        return base.Push(disguised);
    }
}

/// <summary>Says that an update is in when it has thrown it away, once in a while.</summary>
internal sealed class LosingShard(ParameterShard shard) : ShardMachine(shard)
{
    public override PushOutcome Push(byte[] frame)
    {
        PushHeader header = PushFrame.ReadHeader(frame);
        if (header.Ticket % 7 != 3)
        {
            return base.Push(frame);
        }

        byte[] emptied = frame[..PushFrame.HeaderSize];
        PushFrame.WriteHeader(emptied, header with { Kind = PayloadKind.None, EntryCount = 0, PayloadSize = 0 });
        return base.Push(emptied);
    }
}

/// <summary>Measures one update too many.</summary>
internal sealed class MiscountingShard(ParameterShard shard) : ShardMachine(shard)
{
    public override PushOutcome Push(byte[] frame)
    {
        PushOutcome outcome = base.Push(frame);
        return outcome.Kind == PushOutcomeKind.Applied ? outcome with { Delay = outcome.Delay + 1 } : outcome;
    }
}
