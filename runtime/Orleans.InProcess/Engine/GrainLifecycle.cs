using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>Observers in stage order: up on start, down on stop. Serves both silos and activations.</summary>
internal class StageList : ILifecycleObservable
{
    private readonly List<Entry> _entries = [];
    private readonly Lock _gate = new();
    private int? _highest;

    /// <summary>The highest stage that has completed on the way up.</summary>
    public int HighestCompletedStage { get; private set; } = int.MinValue;

    /// <summary>The lowest stage that has stopped on the way down.</summary>
    public int LowestStoppedStage { get; private set; } = int.MaxValue;

    /// <inheritdoc/>
    public IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var entry = new Entry(stage, observer);
        lock (_gate)
        {
            if (_highest is not null)
            {
                throw new InvalidOperationException("Lifecycle has already been started.");
            }

            _entries.Add(entry);
        }

        return entry;
    }

    /// <summary>Runs the stages ascending; observers of one stage together.</summary>
    public async Task Start(CancellationToken token)
    {
        if (_entries.Count == 0)
        {
            _highest = int.MaxValue;
            return;
        }

        foreach (var stage in Stages().OrderBy(group => group.Key))
        {
            token.ThrowIfCancellationRequested();
            _highest = stage.Key;
            await Task.WhenAll(stage.Select(entry => Guarded(() => entry.Observer?.OnStart(token))));
            HighestCompletedStage = stage.Key;
        }
    }

    /// <summary>Runs the stages that were started, descending; failures are told and do not stop the rest.</summary>
    public async Task Stop(CancellationToken token, Action<int, Exception>? onFailure = null)
    {
        if (_highest is not { } highest || _entries.Count == 0)
        {
            return;
        }

        foreach (var stage in Stages().Where(group => group.Key <= highest).OrderByDescending(group => group.Key))
        {
            try
            {
                await Task.WhenAll(stage.Select(entry => Guarded(() => entry.Observer?.OnStop(token))));
            }
            catch (Exception error)
            {
                onFailure?.Invoke(stage.Key, error);
            }

            LowestStoppedStage = stage.Key;
        }
    }

    private static Task Guarded(Func<Task?> run)
    {
        try
        {
            return run() ?? Task.CompletedTask;
        }
        catch (Exception error)
        {
            return Task.FromException(error);
        }
    }

    private IGrouping<int, Entry>[] Stages()
    {
        lock (_gate)
        {
            return [.. _entries.GroupBy(entry => entry.Stage)];
        }
    }

    private sealed class Entry(int stage, ILifecycleObserver observer) : IDisposable
    {
        public int Stage { get; } = stage;

        public ILifecycleObserver? Observer { get; private set; } = observer;

        public void Dispose() => Observer = null;
    }
}

/// <summary>The stages of one activation.</summary>
internal sealed class GrainLifecycle : StageList, IGrainLifecycle
{
    private readonly List<IGrainMigrationParticipant> _participants = [];

    public IReadOnlyList<IGrainMigrationParticipant> Participants => _participants;

    public void AddMigrationParticipant(IGrainMigrationParticipant participant) => _participants.Add(participant);

    public void RemoveMigrationParticipant(IGrainMigrationParticipant participant) => _participants.Remove(participant);
}

/// <summary>The stages of one silo.</summary>
internal sealed class SiloLifecycle : StageList, ISiloLifecycle;
