using OrleansSgd.Core.Runs;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Grains.Jobs;

/// <summary>What keepers had of the open updates of workers that are gone: asked once, so that every shard and every life of it hears the same.</summary>
/// <param name="countMax">Answers remembered; the oldest tickets are forgotten, whose fences are long over.</param>
internal sealed class KeptUpdates(int countMax)
{
    private readonly SortedDictionary<long, Task<KeptAnswer>> _found = [];

    /// <summary>True while it is open what a keeper has of a ticket.</summary>
    public bool IsDeciding => _found.Values.Any(found => !found.IsCompleted);

    /// <summary>Changes with every ticket asked about.</summary>
    public int Asked { get; private set; }

    /// <summary>The update of a ticket; without frames when nobody has it.</summary>
    /// <param name="command">A fence with an owner and a ticket.</param>
    /// <param name="find">Asks the keepers; called once for a ticket.</param>
    public Task<KeptAnswer> Find(RunCommand command, Func<Task<KeptAnswer>> find)
    {
        if (!_found.TryGetValue(command.Ticket, out Task<KeptAnswer>? found))
        {
            Asked++;
            _found[command.Ticket] = found = find();
            if (_found.Count > countMax && _found.First() is { Value.IsCompleted: true } oldest)
            {
                _found.Remove(oldest.Key);
            }
        }

        return found;
    }

    /// <summary>Frames of a shard that belong to updates which were found with keepers, who may be gone by now.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> FramesOf(int shard) => _found.Values
        .Where(found => found.IsCompletedSuccessfully && found.Result.Frames.Length > 0)
        .Select(found => found.Result.Frames[shard]);

    /// <summary>The ledger row of an update that was found; empty when there is none.</summary>
    public ReadOnlyMemory<byte> RowOf(long ticket) =>
        _found.TryGetValue(ticket, out Task<KeptAnswer>? found) && found.IsCompletedSuccessfully ? found.Result.Row : default;
}
