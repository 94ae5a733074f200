using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace TorchSharp;

/// <summary>Values under names, in the order in which they came; a replaced value keeps its place.</summary>
internal sealed class Registry<T> : IEnumerable<(string Name, T Value)>
{
    // A module has a handful of entries: a list is searched faster than a table is built.
    private readonly List<(string Name, T Value)> _entries = [];

    internal bool Contains(string name) => IndexOf(name) >= 0;

    internal bool TryGet(string name, [MaybeNullWhen(false)] out T value)
    {
        var index = IndexOf(name);
        value = index < 0 ? default : _entries[index].Value;
        return index >= 0;
    }

    internal bool TryAdd(string name, T value)
    {
        if (Contains(name))
            return false;
        _entries.Add((name, value));
        return true;
    }

    /// <summary>Puts the value where the name is, or at the end; null takes the name away.</summary>
    internal void Replace(string name, T? value)
    {
        if (value is null)
        {
            Remove(name);
            return;
        }
        var index = IndexOf(name);
        if (index < 0)
            _entries.Add((name, value));
        else
            _entries[index] = (name, value);
    }

    internal void Remove(string name)
    {
        var index = IndexOf(name);
        if (index >= 0)
            _entries.RemoveAt(index);
    }

    /// <inheritdoc/>
    public IEnumerator<(string Name, T Value)> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int IndexOf(string name)
    {
        for (var index = 0; index < _entries.Count; index++)
        {
            if (string.Equals(_entries[index].Name, name, StringComparison.Ordinal))
                return index;
        }
        return -1;
    }
}
