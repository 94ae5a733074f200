using OrleansSgd.Core.Keeping;
using OrleansSgd.Core.Runs;

namespace OrleansSgd.Simulator.Faults.Hosts;

/// <summary>What the job asks keepers: the frames that a new life of a shard lacks, and the update that a lost worker had begun to push.</summary>
internal sealed class KeeperCalls(Grid grid, RunCoordinator coordinator, Action<Action> pause)
{
    private const int TriesMax = 3;

    private readonly Dictionary<long, KeptUpdate?> _decided = [];
    private readonly HashSet<long> _deciding = [];

    /// <summary>True while it is open what a keeper has of a ticket.</summary>
    public bool IsDeciding => _deciding.Count > _decided.Count;

    /// <summary>Frames of a shard that belong to updates which were found with keepers, who may be gone by now.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Decided(int shard) => _decided.Values.OfType<KeptUpdate>().Select(kept => kept.Frames[shard]);

    /// <summary>The update of a ticket, or null: asked once, and the same for ever.</summary>
    public void Decide(RunCommand command, Action<KeptUpdate?> then)
    {
        if (command.Owner < 0 || command.Ticket < 0)
        {
            then(null);
        }
        else if (_decided.TryGetValue(command.Ticket, out KeptUpdate? decided))
        {
            then(decided);
        }
        else if (_deciding.Add(command.Ticket))
        {
            Close(command, [.. coordinator.KeepersOf(command.Owner)], 0, 0, then);
        }
        else
        {
            pause(() => Decide(command, then));
        }
    }

    /// <summary>Frames of a shard from all keepers that answer.</summary>
    public void Frames(int shard, long ticketMin, Action<List<ReadOnlyMemory<byte>>> then)
    {
        (int Worker, int Keeper)[] keepers =
        [
            .. from worker in Enumerable.Range(0, grid.Plan.Run.Workers)
               from keeper in coordinator.KeepersOf(worker)
               select (worker, keeper),
        ];
        var frames = new List<ReadOnlyMemory<byte>>();
        int open = keepers.Length;
        if (open == 0)
        {
            then(frames);
            return;
        }

        foreach ((int worker, int keeper) in keepers)
        {
            Ask(worker, keeper, 0);
        }

        void Ask(int worker, int keeper, int tries) => grid.CallKeeper<ReadOnlyMemory<byte>[]>(
            grid.Home, worker, keeper, (host, reply) => reply(host.FramesOf(shard, ticketMin)),
            answer =>
            {
                frames.AddRange(answer);
                Count();
            },
            () =>
            {
                if (tries + 1 < TriesMax)
                {
                    Ask(worker, keeper, tries + 1);
                }
                else
                {
                    Count();
                }
            });

        void Count()
        {
            if (--open == 0)
            {
                then(frames);
            }
        }
    }

    private void Close(RunCommand command, int[] keepers, int asked, int tries, Action<KeptUpdate?> then)
    {
        if (asked == keepers.Length)
        {
            Decided(command, null, then);
            return;
        }

        grid.CallKeeper<KeptUpdate?>(
            grid.Home, command.Owner, keepers[asked], (host, reply) => reply(host.Close(command.Ticket, command.Incarnation)),
            update =>
            {
                if (update is null)
                {
                    Close(command, keepers, asked + 1, 0, then);
                }
                else
                {
                    Decided(command, update, then);
                }
            },
            () =>
            {
                bool isLast = tries + 1 == TriesMax;
                Close(command, keepers, isLast ? asked + 1 : asked, isLast ? 0 : tries + 1, then);
            });
    }

    private void Decided(RunCommand command, KeptUpdate? update, Action<KeptUpdate?> then)
    {
        _decided[command.Ticket] = grid.Hooks.Kept(update);
        then(_decided[command.Ticket]);
    }
}
