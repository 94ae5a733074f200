using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Orleans.Runtime;

/// <summary>Carries state from one life of a grain to the next when it moves.</summary>
public interface IGrainMigrationParticipant
{
    /// <summary>Packs state, after the old life's OnDeactivateAsync.</summary>
    void OnDehydrate(IDehydrationContext dehydrationContext);

    /// <summary>Unpacks state, before the new life's OnActivateAsync.</summary>
    void OnRehydrate(IRehydrationContext rehydrationContext);
}

/// <summary>Where state is packed.</summary>
public interface IDehydrationContext
{
    /// <summary>The keys packed so far.</summary>
    IEnumerable<string> Keys { get; }

    /// <summary>Packs a copy of the bytes.</summary>
    void AddBytes(string key, ReadOnlySpan<byte> value);

    /// <summary>Packs what a writer writes.</summary>
    void AddBytes<T>(string key, Action<T, IBufferWriter<byte>> valueWriter, T value);

    /// <summary>Packs a copy of a value; false when it is null or cannot travel.</summary>
    bool TryAddValue<T>(string key, T? value);
}

/// <summary>Where state is unpacked.</summary>
public interface IRehydrationContext
{
    /// <summary>The keys that were packed.</summary>
    IEnumerable<string> Keys { get; }

    /// <summary>The bytes packed under a key.</summary>
    bool TryGetBytes(string key, out ReadOnlySequence<byte> value);

    /// <summary>The value packed under a key.</summary>
    bool TryGetValue<T>(string key, [NotNullWhen(true)] out T? value);
}

/// <summary>Stages and migration participants of one activation.</summary>
public interface IGrainLifecycle : ILifecycleObservable
{
    /// <summary>Adds a participant beside the grain itself.</summary>
    void AddMigrationParticipant(IGrainMigrationParticipant participant);

    /// <summary>Takes a participant away.</summary>
    void RemoveMigrationParticipant(IGrainMigrationParticipant participant);
}

/// <summary>The stages of an activation.</summary>
public static class GrainLifecycleStage
{
    /// <summary>Before all others.</summary>
    public const int First = int.MinValue;

    /// <summary>State is read here.</summary>
    public const int SetupState = 1000;

    /// <summary>Just before OnActivateAsync.</summary>
    public const int Activate = 2000;

    /// <summary>After all others.</summary>
    public const int Last = int.MaxValue;
}
