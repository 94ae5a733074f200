using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Membership;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Scheduling;
using OrleansSgd.Core.Scheduling.Gates;
using OrleansSgd.Core.Shards;

namespace OrleansSgd.Core.Tests.Runs;

/// <summary>A coordinator in the hands of a test: what it asks for next, as short text, and what it is told.</summary>
internal sealed class RunScript
{
    public RunScript(RunPlan plan, int samples, params string[] silos)
        : this(new RunCoordinator(plan, samples), silos)
    {
    }

    private RunScript(RunCoordinator coordinator, string[] silos)
    {
        Coordinator = coordinator;
        if (silos.Length > 0)
        {
            Coordinator.SilosChanged(silos);
        }
    }

    public RunCoordinator Coordinator { get; }

    public RunTotals Totals => Coordinator.Totals;

    /// <summary>Two workers, two shards, batches of two, leases of two batches, on silos a and b; everybody is up.</summary>
    public static RunScript Running(
        string mode = RunPlan.Async, int samples = 16, int epochs = 1, int workers = 2, bool flushes = false)
    {
        var plan = new RunPlan { Workers = workers, Shards = 2, Batch = 2, LeaseBatches = 2, Epochs = epochs, Mode = mode };
        var script = new RunScript(flushes ? plan with { Codec = new CodecPlan(CodecPlan.OneBit) } : plan, samples, "a", "b");
        script.StartAll();
        return script;
    }

    /// <summary>As <see cref="Running"/>, on some silos, where workers and keepers retain updates; all of them are up.</summary>
    public static RunScript Keeping(int retainedMax, string mode = RunPlan.Async, string[]? silos = null)
    {
        var plan = new RunPlan { Workers = 2, Shards = 2, Batch = 2, LeaseBatches = 2, Epochs = 1, Mode = mode };
        silos ??= ["a", "b"];
        var script = new RunScript(new RunCoordinator(plan, 64, retainedMax), silos);
        script.StartAll();
        script.StartKeepers(silos);
        return script;
    }

    /// <summary>Brings up the newest keeper of every worker, on a silo that is not the worker's.</summary>
    public void StartKeepers(params string[] silos)
    {
        for (int worker = 0; worker < Coordinator.Workers.Length; worker++)
        {
            string silo = silos.Append("elsewhere").First(one => one != Coordinator.Workers[worker].Silo);
            Coordinator.KeeperStarted(worker, Coordinator.KeepersOf(worker).FirstOrDefault(), silo);
        }
    }

    /// <summary>All commands that wait, for example "StartShard 0#1 on a, FenceWorker 1#2 T5".</summary>
    public string Commands()
    {
        var commands = new List<string>();
        while (Coordinator.TryNext(out RunCommand command))
        {
            commands.Add(command.Kind switch
            {
                RunCommandKind.Finish => "Finish",
                RunCommandKind.Cut => "Cut",
                RunCommandKind.Evaluate => $"Evaluate {command.Member}",
                RunCommandKind.FenceWorker when command.Member < 0 => $"Settle T{command.Ticket}",
                RunCommandKind.FenceWorker => $"FenceWorker {command.Member}#{command.Incarnation} T{command.Ticket}",
                _ => $"{command.Kind} {command.Member}#{command.Incarnation} on {command.Silo}"
                    + (command.From > 0 ? $" from {command.From}" : ""),
            });
        }

        return string.Join(", ", commands);
    }

    /// <summary>Brings up whatever is being started, where it was meant to.</summary>
    public void StartAll()
    {
        for (int shard = 0; shard < Coordinator.Shards.Length; shard++)
        {
            if (Coordinator.Shards[shard] is { State: MemberState.Starting } member)
            {
                Coordinator.ShardStarted(shard, member.Incarnation, member.Silo!);
            }
        }

        for (int worker = 0; worker < Coordinator.Workers.Length; worker++)
        {
            if (Coordinator.Workers[worker] is { State: MemberState.Starting } member)
            {
                Coordinator.WorkerStarted(worker, member.Incarnation, member.Silo!);
            }
        }

        Commands();
    }

    /// <summary>The lease a worker is granted.</summary>
    public Lease Lease(int worker, long committed = -1)
    {
        Assert.Equal(LeaseVerdict.Granted, Ask(worker, committed, out Lease lease));
        return lease;
    }

    public LeaseVerdict Ask(int worker, long committed, out Lease lease) =>
        Coordinator.LeaseAsked(worker, Coordinator.Workers[worker].Incarnation, committed, out lease);

    /// <summary>The ticket a worker gets for the n-th batch of its lease; −1 when it gets none.</summary>
    public long Ticket(int worker, in Lease lease, int batch = 0, long sequence = -1)
    {
        AskTicket(worker, lease, out TicketGrant grant, batch, sequence);
        return grant.Ticket;
    }

    public TicketVerdict AskTicket(
        int worker, in Lease lease, out TicketGrant grant, int batch = 0, long sequence = -1, double norm = 1, long viewed = 0) =>
        Coordinator.TicketAsked(
            worker, Coordinator.Workers[worker].Incarnation, sequence < 0 ? batch : sequence, lease.Id,
            lease.Start + (2 * batch), Math.Min(lease.End, lease.Start + (2 * batch) + 2), norm, viewed, out grant);

    /// <summary>The shards answer a fence: the first had the ticket or not, then the second.</summary>
    public void Fenced(long ticket, bool first, bool second) =>
        Coordinator.WorkerFenced(ticket, [Report(first, 4), Report(second, 9)]);

    /// <summary>All facts that wait, for example "Retire 0#1 T3, Orphan T2 [1 0], Restore 1#2 @4 lost [5]".</summary>
    public string Facts()
    {
        var facts = new List<string>();
        while (Coordinator.TryNextFact(out LedgerFact fact))
        {
            facts.Add(fact.Kind switch
            {
                LedgerFactKind.Void => $"Void T{fact.Ticket}",
                LedgerFactKind.Retire => $"Retire {fact.Worker}#{fact.Incarnation} T{fact.Ticket}",
                LedgerFactKind.Restore =>
                    $"Restore {fact.Shard}#{fact.Incarnation} @{fact.Version} below {fact.Watermark} lost [{string.Join(' ', fact.Lost)}]",
                LedgerFactKind.Break => "Break",
                _ => $"{fact.Kind} T{fact.Ticket} [{string.Join(' ', fact.Applied.Select(applied => applied ? 1 : 0))}]",
            });
        }

        return string.Join(", ", facts);
    }

    private static FenceReport Report(bool had, double normSquared) => had ? new(true, normSquared, 0.5, 2) : default;
}
