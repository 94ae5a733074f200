using System.Collections.Immutable;

namespace OrleansSgd.Cluster.Tests.Conformance.Grains;

/// <summary>A value that changes: it must be copied.</summary>
[GenerateSerializer]
[Alias("conformance.letter")]
public sealed class Letter
{
    [Id(0)]
    public string Text { get; set; } = "";

    [Id(1)]
    public List<int> Numbers { get; set; } = [];

    [Id(2)]
    public Letter? Enclosed { get; set; }

    [Id(3)]
    public byte[]? Bytes { get; set; }

    [field: NonSerialized]
    public string? NotSent { get; set; }
}

/// <summary>A value that never changes: it may be shared.</summary>
[GenerateSerializer]
[Immutable]
[Alias("conformance.fact")]
public sealed record Fact([property: Id(0)] string Name, [property: Id(1)] ImmutableArray<int> Numbers);

/// <summary>Something that cannot travel.</summary>
public sealed class Stowaway
{
    public int Value { get; set; }
}

/// <summary>Keeps and gives back.</summary>
public interface IEchoGrain : IGrainWithStringKey
{
    Task Keep(Letter letter);

    Task KeepBytes(byte[] bytes);

    Task<Letter> Kept();

    Task<byte[]> KeptBytes();

    Task<Fact> Repeat(Fact fact);

    Task<List<int[]>> Nested(List<int[]> value);

    Task<bool> AreSame(Letter[] letters);

    Task Take(object anything);

    Task<string> KeyOf(IEchoGrain other);

    Task<IEchoGrain> Self();

    Task<Dictionary<string, (int, double)>> Tuples(Dictionary<string, (int, double)> value);
}

/// <inheritdoc/>
public class EchoGrain : Grain, IEchoGrain
{
    private Letter _kept = new();
    private byte[] _bytes = [];

    public Task Keep(Letter letter)
    {
        _kept = letter;
        return Task.CompletedTask;
    }

    public Task KeepBytes(byte[] bytes)
    {
        _bytes = bytes;
        return Task.CompletedTask;
    }

    public Task<Letter> Kept() => Task.FromResult(_kept);

    public Task<byte[]> KeptBytes() => Task.FromResult(_bytes);

    public Task<Fact> Repeat(Fact fact) => Task.FromResult(fact);

    public Task<List<int[]>> Nested(List<int[]> value) => Task.FromResult(value);

    public Task<bool> AreSame(Letter[] letters) => Task.FromResult(ReferenceEquals(letters[0], letters[1]));

    public Task Take(object anything) => Task.CompletedTask;

    public Task<string> KeyOf(IEchoGrain other) => Task.FromResult(other.GetPrimaryKeyString());

    public Task<IEchoGrain> Self() => Task.FromResult(this.AsReference<IEchoGrain>());

    public Task<Dictionary<string, (int, double)>> Tuples(Dictionary<string, (int, double)> value) => Task.FromResult(value);
}
