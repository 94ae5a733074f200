namespace OrleansSgd.Grains.Compute;

/// <summary>Which processors the compute threads of a process are pinned to. Shared by its silos, so that each takes what the others have left.</summary>
/// <remarks>Any thread may call anything.</remarks>
public sealed class ProcessorPins
{
    private readonly Lock _gate = new();
    private readonly int[] _processors;
    private readonly int[] _users; // of each processor

    /// <param name="processors">Their numbers, each once; one or more.</param>
    public ProcessorPins(IReadOnlyList<int> processors)
    {
        ArgumentNullException.ThrowIfNull(processors);
        ArgumentOutOfRangeException.ThrowIfZero(processors.Count, nameof(processors));
        _processors = [.. processors.Distinct()];
        _users = new int[_processors.Length];
    }

    /// <summary>All of them, in the order given.</summary>
    public IReadOnlyList<int> Processors => _processors;

    /// <summary>Keeps the whole process on them, on Linux: what its other threads compute and the memory they touch first stay there as well.</summary>
    /// <exception cref="InvalidOperationException">The system does not allow it.</exception>
    public void ConfineProcess()
    {
        if (OperatingSystem.IsLinux() && !ThreadAffinity.SetOfProcess(_processors))
        {
            throw new InvalidOperationException($"The system does not let this process keep to processors {string.Join(',', _processors)}; choose others.");
        }
    }

    /// <summary>Takes those with the fewest users, of equals the first.</summary>
    /// <param name="count">How many, 1 or more; all where there are not so many.</param>
    public int[] Take(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        lock (_gate)
        {
            int[] places = [.. Enumerable.Range(0, _processors.Length).OrderBy(place => _users[place]).Take(count).Order()];
            foreach (int place in places)
            {
                _users[place]++;
            }

            return [.. places.Select(place => _processors[place])];
        }
    }

    /// <summary>Gives back what <see cref="Take"/> gave.</summary>
    public void Return(IEnumerable<int> taken)
    {
        ArgumentNullException.ThrowIfNull(taken);
        lock (_gate)
        {
            foreach (int processor in taken)
            {
                _users[Array.IndexOf(_processors, processor)]--;
            }
        }
    }
}
