namespace OrleansSgd.Silo;

/// <summary>How silos come and go.</summary>
public sealed partial class LocalGrid
{
    /// <summary>Starts a silo more.</summary>
    /// <param name="index">Its number, which no running silo has; null for the lowest that is free.</param>
    /// <exception cref="ArgumentException">A silo of that number runs, or there are <see cref="SilosMax"/> already.</exception>
    public async Task<LocalSilo> AddSiloAsync(int? index = null, CancellationToken cancellation = default)
    {
        int number = Reserve(index);
        try
        {
            LocalHost host = await StartHostAsync(number, cancellation);
            lock (_gate)
            {
                int at = _hosts.FindIndex(other => other.Index > number);
                _hosts.Insert(at < 0 ? _hosts.Count : at, host);
            }

            return host.ToSilo();
        }
        finally
        {
            lock (_gate)
            {
                _starting.Remove(number);
            }
        }
    }

    /// <summary>Lets a silo go in good order: it hands over what it hosts, then stops.</summary>
    /// <param name="index">Its number.</param>
    /// <param name="deadline">How long handing over may take. After that it goes as if it had crashed.</param>
    /// <returns>True when it handed over everything in time.</returns>
    /// <exception cref="ArgumentException">No silo of that number is active.</exception>
    public async Task<bool> LeaveAsync(int index, TimeSpan deadline)
    {
        LocalHost host = Find(index, LocalSiloState.Active);
        lock (_gate)
        {
            host.State = LocalSiloState.Leaving;
        }

        bool isClear = await host.Drain.Notice(deadline);
        if (!TryTake(host))
        {
            return false; // it was killed meanwhile
        }

        await host.StopAsync();
        return isClear;
    }

    /// <summary>Ends a silo as a crash does: without a word, with everything on it.</summary>
    /// <param name="index">Its number.</param>
    /// <exception cref="ArgumentException">No silo of that number runs.</exception>
    public async Task KillAsync(int index)
    {
        LocalHost host = Find(index, null);
        if (TryTake(host))
        {
            await host.CrashAsync();
        }
    }

    /// <summary>Makes a silo compute slower.</summary>
    /// <param name="index">Its number.</param>
    /// <param name="factor">How many times slower, 1 or more; 1 gives it its speed back.</param>
    /// <exception cref="ArgumentException">No silo of that number runs.</exception>
    public void Slow(int index, double factor) => Find(index, null).Pool.Slowness = factor;

    /// <summary>Makes the others think a silo dead while it goes on, and its calls still reach them.</summary>
    /// <param name="index">Its number.</param>
    /// <exception cref="ArgumentException">No silo of that number is active.</exception>
    /// <exception cref="NotSupportedException">The runtime cannot do that; <see cref="CanPartition"/> tells.</exception>
    public void Partition(int index)
    {
        LocalHost host = Find(index, LocalSiloState.Active);
        SiloFaults.Partition(host.Services);
        lock (_gate)
        {
            host.State = LocalSiloState.Partitioned;
        }
    }

    /// <summary>Ends a partition: the silo learns that it was declared dead, and stops.</summary>
    /// <param name="index">Its number.</param>
    /// <exception cref="ArgumentException">No silo of that number is partitioned.</exception>
    public async Task HealAsync(int index)
    {
        LocalHost host = Find(index, LocalSiloState.Partitioned);
        if (TryTake(host))
        {
            await host.CrashAsync();
        }
    }

    /// <summary>Adds silos, or lets those with the highest numbers leave one after the other, until so many are active.</summary>
    /// <param name="siloCount">1 to <see cref="SilosMax"/>.</param>
    /// <param name="deadline">How long each may take to leave.</param>
    public async Task ScaleToAsync(int siloCount, TimeSpan deadline, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(siloCount, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(siloCount, SilosMax);
        await _scaling.WaitAsync(cancellation);
        try
        {
            while (!cancellation.IsCancellationRequested)
            {
                int[] active = [.. Silos.Where(silo => silo.State == LocalSiloState.Active).Select(silo => silo.Index)];
                if (active.Length == siloCount)
                {
                    return;
                }

                _ = active.Length < siloCount ? await AddSiloAsync(cancellation: cancellation) : null;
                _ = active.Length > siloCount && await LeaveAsync(active[^1], deadline);
            }
        }
        finally
        {
            _scaling.Release();
        }
    }

    /// <summary>Makes calls to grains from one silo, whatever state it is in.</summary>
    /// <param name="index">Its number.</param>
    /// <exception cref="ArgumentException">No silo of that number runs.</exception>
    public IGrainFactory GrainsOf(int index) => Find(index, null).Grains;

    private int Reserve(int? index)
    {
        lock (_gate)
        {
            int number = index ?? Enumerable.Range(0, SilosMax).FirstOrDefault(free => !IsTaken(free), SilosMax);
            if (number is < 0 or >= SilosMax || IsTaken(number))
            {
                throw new ArgumentException($"Silo {number} cannot be added: numbers are 0 to {SilosMax - 1}, and {Running()} run.", nameof(index));
            }

            _starting.Add(number);
            return number;
        }
    }

    private bool IsTaken(int number) => _starting.Contains(number) || _hosts.Exists(host => host.Index == number);

    private LocalHost Find(int index, LocalSiloState? state)
    {
        lock (_gate)
        {
            return _hosts.Find(host => host.Index == index && (state is null || host.State == state)) ?? throw new ArgumentException(
                $"No {state?.ToString().ToLowerInvariant() ?? "running"} silo has number {index}; there are {Running()}.", nameof(index));
        }
    }

    private bool TryTake(LocalHost host)
    {
        lock (_gate)
        {
            return _hosts.Remove(host);
        }
    }

    private string Running() => _hosts.Count == 0 ? "none" : string.Join(", ", _hosts.Select(host => $"{host.Index} ({host.State})"));
}
