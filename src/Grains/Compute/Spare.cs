namespace OrleansSgd.Grains.Compute;

/// <summary>Something that is costly to make and used by one at a time: made once, used again, and made anew for whoever comes while it is in use.</summary>
/// <remarks>Any thread may call anything. What is returned after the end, or beside another, is disposed of.</remarks>
/// <param name="create">Makes one.</param>
internal sealed class Spare<T>(Func<T> create) : IDisposable
    where T : class, IDisposable
{
    private readonly Lock _gate = new();
    private T? _spare;
    private bool _isDisposed;

    /// <summary>The caller's own until it is returned; whoever fails with it disposes of it instead.</summary>
    public T Take()
    {
        lock (_gate)
        {
            if (_spare is { } spare)
            {
                _spare = null;
                return spare;
            }
        }

        return create();
    }

    /// <summary>For the next who takes one.</summary>
    public void Return(T part)
    {
        lock (_gate)
        {
            if (!_isDisposed && _spare is null)
            {
                _spare = part;
                return;
            }
        }

        part.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        T? spare;
        lock (_gate)
        {
            (spare, _spare, _isDisposed) = (_spare, null, true);
        }

        spare?.Dispose();
    }
}
