using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>What a moving grain takes along.</summary>
internal sealed class MigrationBag : IDehydrationContext, IRehydrationContext
{
    private readonly Dictionary<string, object> _packed = [];

    public IEnumerable<string> Keys => _packed.Keys;

    public void AddBytes(string key, ReadOnlySpan<byte> value) => _packed[key] = value.ToArray();

    public void AddBytes<T>(string key, Action<T, IBufferWriter<byte>> valueWriter, T value)
    {
        ArgumentNullException.ThrowIfNull(valueWriter);
        var writer = new ArrayBufferWriter<byte>();
        valueWriter(value, writer);
        _packed[key] = writer.WrittenMemory.ToArray();
    }

    public bool TryAddValue<T>(string key, T? value)
    {
        if (value is null || !DeepCopy.CanCopy(value))
        {
            return false;
        }

        _packed[key] = new Packed<T>(DeepCopy.Of(value));
        return true;
    }

    public bool TryGetBytes(string key, out ReadOnlySequence<byte> value)
    {
        if (_packed.TryGetValue(key, out var packed) && packed is byte[] bytes)
        {
            value = new ReadOnlySequence<byte>(bytes);
            return true;
        }

        value = default;
        return false;
    }

    public bool TryGetValue<T>(string key, [NotNullWhen(true)] out T? value)
    {
        if (_packed.TryGetValue(key, out var packed) && packed is Packed<T> { Value: { } found })
        {
            value = found;
            return true;
        }

        value = default;
        return false;
    }

    private sealed record Packed<T>(T Value);
}
