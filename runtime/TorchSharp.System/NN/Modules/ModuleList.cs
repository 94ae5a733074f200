using System.Collections;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Modules called 0, 1, 2, …, to be called as the owner likes. They are registered when the list is.</summary>
public class ModuleList<T> : nn.Module, IList<T> where T : nn.Module
{
    private readonly List<T> _modules = [];
    private bool _isRegistered;

    /// <summary>A list of these modules.</summary>
    public ModuleList(params T[] modules) : base(nameof(ModuleList<T>))
    {
        if (modules is not null)
            _modules.AddRange(modules);
    }

    /// <inheritdoc/>
    protected override void RegisterComponents()
    {
        if (_isRegistered)
            return;
        for (var index = 0; index < _modules.Count; index++)
            register_module($"{index}", _modules[index]);
        _isRegistered = true;
    }

    /// <inheritdoc/>
    public T this[int index]
    {
        get => _modules[index];
        set => _modules[index] = value;
    }

    /// <inheritdoc/>
    public int Count => _modules.Count;

    /// <inheritdoc/>
    public bool IsReadOnly => false;

    /// <inheritdoc/>
    public void Add(T item) => _modules.Add(item);

    /// <summary>Adds modules at the end.</summary>
    public void append(params T[] parameters) => _modules.AddRange(parameters);

    /// <summary>Adds modules at the end.</summary>
    public void extend(IEnumerable<T> modules) => _modules.AddRange(modules);

    /// <inheritdoc/>
    public void Clear() => _modules.Clear();

    /// <inheritdoc/>
    public bool Contains(T item) => _modules.Contains(item);

    /// <inheritdoc/>
    public void CopyTo(T[] array, int arrayIndex) => _modules.CopyTo(array, arrayIndex);

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => _modules.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public int IndexOf(T item) => _modules.IndexOf(item);

    /// <inheritdoc/>
    public void Insert(int index, T item) => _modules.Insert(index, item);

    /// <inheritdoc/>
    public bool Remove(T item) => _modules.Remove(item);

    /// <inheritdoc/>
    public void RemoveAt(int index) => _modules.RemoveAt(index);
}
