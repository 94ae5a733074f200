namespace TorchSharp;

/// <summary>The tensors made on a thread since the scope was opened: disposed with it, unless they were moved out or detached.</summary>
/// <remarks>
/// A tensor knows its place in the scope's list, so that entering and leaving cost no search. One thread uses a scope at a time;
/// it may be disposed out of order with the others of its thread.
/// </remarks>
public sealed class DisposeScope : IDisposable
{
    private readonly List<torch.Tensor> _tensors = [];
    private DisposeScopeManager? _manager;

    internal DisposeScope(DisposeScopeManager manager)
    {
        _manager = manager;
        OuterScope = manager.CurrentDisposeScope;
    }

    internal DisposeScope? OuterScope { get; set; }

    public int DisposablesCount
    {
        get
        {
            _ = Manager;
            return _tensors.Count;
        }
    }

    /// <summary>What the scope holds now, in no particular order.</summary>
    public IReadOnlyList<IDisposable> DisposablesView
    {
        get
        {
            _ = Manager;
            return [.. _tensors];
        }
    }

    private DisposeScopeManager Manager => _manager ?? throw new ObjectDisposedException(nameof(DisposeScope));

    public T MoveToOuter<T>(T disposable) where T : IDisposable => MoveToOther(OuterScope, disposable);

    public void MoveToOuter(params IDisposable[] disposables) => MoveToOther(OuterScope, disposables);

    public void MoveToOuter(IEnumerable<IDisposable> disposables) => MoveToOther(OuterScope, disposables);

    public T MoveToOther<T>(DisposeScope? scope, T disposable) where T : IDisposable
    {
        Move(scope, AsTensor(disposable));
        return disposable;
    }

    public void MoveToOther(DisposeScope? scope, params IDisposable[] disposables) => MoveToOther(scope, disposables.AsEnumerable());

    /// <summary>Moves what this scope holds of them; with no scope to move to they are detached.</summary>
    public void MoveToOther(DisposeScope? scope, IEnumerable<IDisposable> disposables)
    {
        foreach (var disposable in disposables)
        {
            Move(scope, AsTensor(disposable));
        }
    }

    public T Detach<T>(T disposable) where T : IDisposable => MoveToOther(null, disposable);

    public void Detach(params IDisposable[] disposables) => MoveToOther(null, disposables.AsEnumerable());

    public void Detach(IEnumerable<IDisposable> disposables) => MoveToOther(null, disposables);

    public void Attach(IDisposable disposable) => AttachOne(AsTensor(disposable));

    public void Attach(params IDisposable[] disposables) => Attach(disposables.AsEnumerable());

    public IReadOnlyList<IDisposable> Attach(IEnumerable<IDisposable> disposables)
    {
        var all = disposables.ToArray();
        foreach (var disposable in all)
        {
            AttachOne(AsTensor(disposable));
        }

        return all;
    }

    public bool Contains(IDisposable disposable) => disposable is torch.Tensor tensor && tensor.OwningDisposeScope == this;

    public void DisposeEverything() => DisposeEverythingBut([]);

    public void DisposeEverythingBut(params IDisposable[] keep) => DisposeEverythingBut(keep.AsEnumerable());

    public T DisposeEverythingBut<T>(T keep) where T : IDisposable
    {
        DisposeEverythingBut([keep]);
        return keep;
    }

    /// <summary>Disposes what the scope holds, and goes on with those to keep among them.</summary>
    public void DisposeEverythingBut(IEnumerable<IDisposable> inKeep)
    {
        _ = Manager;
        var kept = inKeep.OfType<torch.Tensor>().Where(tensor => tensor.OwningDisposeScope == this).ToHashSet(ReferenceEqualityComparer.Instance);
        for (var i = _tensors.Count - 1; i >= 0; i--)
        {
            // Last first: then each leaves from the end of the list.
            if (kept.Count == 0 || !kept.Contains(_tensors[i]))
            {
                _tensors[i].Dispose();
            }
        }
    }

    public void Dispose()
    {
        if (_manager is not { } manager)
        {
            return;
        }

        for (var i = _tensors.Count - 1; i >= 0; i--)
        {
            _tensors[i].Dispose();
        }

        manager.RemoveDisposeScope(this);
        _manager = null;
    }

    /// <summary>Forgets a tensor that somebody disposed.</summary>
    public void MarkAsDisposed(IDisposable disposable)
    {
        _ = Manager;
        if (disposable is torch.Tensor tensor && tensor.OwningDisposeScope == this)
        {
            Remove(tensor);
        }
    }

    /// <summary>Puts a tensor in the place of another, if a scope holds that one.</summary>
    internal static void ReplaceWith(torch.Tensor original, torch.Tensor replacement)
    {
        if (original.OwningDisposeScope is { } scope)
        {
            scope.Remove(original);
            replacement.OwningDisposeScope?.Remove(replacement);
            scope.Add(replacement);
        }
    }

    internal void Add(torch.Tensor tensor)
    {
        tensor.OwningDisposeScope = this;
        tensor.PlaceInScope = _tensors.Count;
        _tensors.Add(tensor);
    }

    internal void Remove(torch.Tensor tensor)
    {
        var last = _tensors[^1];
        _tensors[tensor.PlaceInScope] = last;
        last.PlaceInScope = tensor.PlaceInScope;
        _tensors.RemoveAt(_tensors.Count - 1);
        tensor.OwningDisposeScope = null;
    }

    private static torch.Tensor AsTensor(IDisposable disposable) => disposable as torch.Tensor
        ?? throw new InvalidOperationException($"A dispose scope holds tensors only, not a {disposable.GetType().Name}.");

    private void Move(DisposeScope? scope, torch.Tensor tensor)
    {
        var statistics = Manager.StatisticsInstance.TensorStatistics;
        if (tensor.OwningDisposeScope != this || scope == this)
        {
            return;
        }

        Remove(tensor);
        if (scope is null)
        {
            statistics.DetachedFromScopeCount++;
        }
        else
        {
            scope.Add(tensor);
        }
    }

    private void AttachOne(torch.Tensor tensor)
    {
        var statistics = Manager.StatisticsInstance.TensorStatistics;
        if (tensor.OwningDisposeScope != this)
        {
            tensor.OwningDisposeScope?.Remove(tensor);
            Add(tensor);
            statistics.AttachedToScopeCount++;
        }
    }
}
