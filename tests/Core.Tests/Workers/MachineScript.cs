using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Scheduling;
using OrleansSgd.Core.Scheduling.Gates;
using OrleansSgd.Core.Shards;
using OrleansSgd.Core.Workers;

namespace OrleansSgd.Core.Tests.Workers;

/// <summary>A worker's machine in the hands of a test: what it asks for next, as short text, and what it is told.</summary>
internal sealed class MachineScript(int shards = 2, int batch = 2, int shardOffset = 0, bool ticketFirst = false)
{
    public WorkerMachine Machine { get; } = new(shards, batch, shardOffset, ticketFirst);

    /// <summary>All commands that wait, for example "Pull 0@3, Push 1 #2, Release #1, Hold".</summary>
    public string Commands()
    {
        var commands = new List<string>();
        while (Machine.TryNext(out WorkerCommand command))
        {
            commands.Add(command.Kind switch
            {
                WorkerCommandKind.Pull => $"Pull {command.Shard}@{command.Version}",
                WorkerCommandKind.Push => $"Push {command.Shard} #{command.Sequence}",
                WorkerCommandKind.Release => $"Release #{command.Sequence}",
                _ => command.Kind.ToString(),
            });
        }

        return string.Join(", ", commands);
    }

    public MachineScript Grant(int start, int end, long round = -1, long id = 0, bool isFresh = false) => Tell(machine =>
        machine.LeaseAnswered(LeaseVerdict.Granted, new Lease(id, 0, start, end, round, 0, 1) { IsFresh = isFresh }));

    public MachineScript Answer(LeaseVerdict verdict) => Tell(machine => machine.LeaseAnswered(verdict, default));

    public MachineScript View(int shard, long version, int life = 1, PushOutcomeKind outcome = PushOutcomeKind.None) =>
        Tell(machine => machine.ViewArrived(shard, outcome, version, life));

    public MachineScript Gradient(bool isFinite = true) => Tell(machine => machine.GradientComputed(isFinite));

    public MachineScript Ticket(long ticket, bool isFinite = true) => Tell(machine =>
        machine.TicketAnswered(TicketVerdict.Given, new TicketGrant(ticket, ticket), isFinite));

    public MachineScript NoTicket(TicketVerdict verdict) => Tell(machine =>
        machine.TicketAnswered(verdict, TicketGrant.None, isFinite: true));

    public MachineScript Pushed(
        int shard, long sequence, PushOutcomeKind outcome, long version = 0, int life = 1, long delay = 0) =>
        Tell(machine => machine.PushAnswered(shard, sequence, new PushOutcome(outcome, delay, version), life));

    public MachineScript Failed(WorkerCommandKind kind, int shard = -1, long version = 0, long sequence = -1) =>
        Tell(machine => machine.CallFailed(new WorkerCommand(kind, shard, version, sequence)));

    public MachineScript Tick() => Tell(machine => machine.Ticked());

    /// <summary>Gets one update of one shard as far as its push.</summary>
    public MachineScript UpToPush(long ticket)
    {
        Commands();
        Gradient();
        Commands();
        Ticket(ticket);
        Commands();
        return this;
    }

    private MachineScript Tell(Action<WorkerMachine> tell)
    {
        tell(Machine);
        return this;
    }
}
