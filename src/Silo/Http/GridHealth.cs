using OrleansSgd.Core.Checkpoints;

namespace OrleansSgd.Silo.Http;

/// <summary>Whether a process is of use: its silos are members of the grid, its store answers, and it does not leave.</summary>
/// <param name="grid">Its silos.</param>
/// <param name="time">How long something may take.</param>
public sealed class GridHealth(LocalGrid grid, TimeProvider time)
{
    // A store that takes longer serves nobody; probes ask every few seconds.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    // Several probes at a time ask the store once.
    private static readonly TimeSpan StoreFresh = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private long _askedAt = long.MinValue;
    private Task<string?> _answer = Task.FromResult<string?>(null);

    /// <summary>True from the moment the process was told to end.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>Why the process is not ready, one sentence each; none when it is.</summary>
    public async Task<IReadOnlyList<string>> TroublesAsync(CancellationToken cancellation)
    {
        var troubles = new List<string>();
        if (IsLeaving)
        {
            troubles.Add("The process was told to end, and hands over.");
        }

        if (await MemberTroubleAsync() is { } absent)
        {
            troubles.Add(absent);
        }

        if (grid.Store is { } store && await StoreTroubleAsync(store).WaitAsync(cancellation) is { } trouble)
        {
            troubles.Add(trouble);
        }

        return troubles;
    }

    private async Task<string?> MemberTroubleAsync()
    {
        try
        {
            string[] own = [.. grid.Silos.Where(silo => silo.State == LocalSiloState.Active).Select(silo => silo.Address)];
            Dictionary<SiloAddress, SiloStatus> hosts =
                await grid.Grains.GetGrain<IManagementGrain>(0).GetHosts(true).WaitAsync(Patience, time);
            return own.Any(address => hosts.Keys.Any(host => host.ToParsableString() == address)) ? null : "No silo of this process is a member of the grid.";
        }
        catch (Exception error) when (error is OrleansException or TimeoutException or InvalidOperationException)
        {
            return $"The grid does not answer: {error.Message}";
        }
    }

    private Task<string?> StoreTroubleAsync(ICheckpointStore store)
    {
        lock (_gate)
        {
            if (_answer.IsCompleted && (_askedAt == long.MinValue || time.GetElapsedTime(_askedAt) > StoreFresh))
            {
                _askedAt = time.GetTimestamp();
                _answer = AskAsync(store);
            }

            return _answer;
        }
    }

    private async Task<string?> AskAsync(ICheckpointStore store)
    {
        try
        {
            await store.JobsAsync(CancellationToken.None).WaitAsync(Patience, time);
            return null;
        }
        catch (CheckpointStoreException trouble)
        {
            return trouble.Message;
        }
        catch (TimeoutException)
        {
            return $"Store {store.Address} has not answered for {Patience.TotalSeconds} s.";
        }
    }
}
