using System.Collections;

namespace TorchSharp.Utils;

/// <summary>A tensor's elements in the order of its indices, read and written in place.</summary>
/// <remarks>One index counts elements; several are one for each axis. It keeps the tensor alive and is worth nothing once that is disposed.</remarks>
public sealed class TensorAccessor<T> : IDisposable, IEnumerable<T>
    where T : unmanaged
{
    private readonly torch.Tensor _tensor;
    private readonly unsafe T* _memory;
    private readonly long[] _shape;
    private readonly long[] _strides;
    private readonly bool _contiguous;

    internal unsafe TensorAccessor(torch.Tensor tensor)
    {
        _tensor = tensor;
        _memory = (T*)tensor.Address();
        _shape = tensor.shape;
        _strides = tensor.stride();
        _contiguous = tensor.is_contiguous();
        Count = _shape.TotalSize();
    }

    public long Count { get; }

    public bool IsReadOnly => false;

    /// <exception cref="IndexOutOfRangeException">An index outside the tensor.</exception>
    public unsafe T this[params long[] indices]
    {
        get
        {
            var element = _memory[Place(indices)];
            GC.KeepAlive(_tensor);
            return element;
        }

        set
        {
            _memory[Place(indices)] = value;
            GC.KeepAlive(_tensor);
        }
    }

    /// <summary>The elements in order, [Count].</summary>
    public T[] ToArray()
    {
        var copy = new T[Count];
        CopyTo(copy);
        return copy;
    }

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    /// <summary>Copies until either end is reached.</summary>
    public unsafe void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var count = (int)Math.Min(array.Length - arrayIndex, Count - tensorIndex);
        if (_contiguous && count > 0)
        {
            new ReadOnlySpan<T>(_memory + tensorIndex, count).CopyTo(array[arrayIndex..]);
        }
        else
        {
            for (var i = 0; i < count; i++)
            {
                array[arrayIndex + i] = _memory[Place(tensorIndex + i)];
            }
        }

        // Without this the collector may free a tensor that nobody else holds in the middle of the copy.
        GC.KeepAlive(_tensor);
    }

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyFrom(array.AsSpan(), arrayIndex, tensorIndex);

    /// <summary>Copies until either end is reached.</summary>
    public unsafe void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var count = (int)Math.Min(array.Length - arrayIndex, Count - tensorIndex);
        if (_contiguous && count > 0)
        {
            array.Slice(arrayIndex, count).CopyTo(new Span<T>(_memory + tensorIndex, count));
        }
        else
        {
            for (var i = 0; i < count; i++)
            {
                _memory[Place(tensorIndex + i)] = array[arrayIndex + i];
            }
        }

        GC.KeepAlive(_tensor);
    }

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)ToArray()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Nothing is held but the tensor, which its owner disposes.</summary>
    public void Dispose() => GC.KeepAlive(_tensor);

    private long Place(long[] indices)
    {
        if (indices.Length == 1)
        {
            return Place(indices[0]);
        }

        var place = 0L;
        for (var axis = 0; axis < _shape.Length; axis++)
        {
            if (indices[axis] < 0 || indices[axis] >= _shape[axis])
            {
                throw new IndexOutOfRangeException($"Index {indices[axis]} of axis {axis} is outside a tensor of shape [{string.Join(", ", _shape)}].");
            }

            place += indices[axis] * _strides[axis];
        }

        return place;
    }

    private long Place(long index)
    {
        if (index < 0 || index >= Count)
        {
            throw new IndexOutOfRangeException($"Index {index} is outside a tensor of {Count} elements.");
        }

        if (_contiguous)
        {
            return index;
        }

        var place = 0L;
        for (var axis = _shape.Length - 1; axis >= 0; axis--)
        {
            (index, var within) = Math.DivRem(index, _shape[axis]);
            place += within * _strides[axis];
        }

        return place;
    }
}
