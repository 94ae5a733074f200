using System.Reflection;
using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Optimizers;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Samples;
using OrleansSgd.Core.Scheduling.Gates;
using OrleansSgd.Core.Vectors;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Workers;
using OrleansSgd.Models;

namespace OrleansSgd.Cluster.Tests.Parts;

/// <summary>Goal: nothing is pushed that no keeper has, as long as there is one. Method: keepers that answer as the test says.</summary>
public sealed class KeeperLinkTests : IDisposable
{
    private readonly RunPlan _plan = new() { Batch = 16, Shards = 3, Seed = 5 };
    private readonly Dictionary<string, Func<KeepRequest, KeepVerdict>> _keepers = [];
    private readonly List<string> _kept = [];
    private readonly GradientStep _step;
    private readonly UpdateEncoder _encoder;
    private readonly KeeperLink _link;

    public KeeperLinkTests()
    {
        var samples = new TinySamples(200, 40, 0);
        IModel model = ModelCatalog.Create(new ModelPlan { Kind = ModelCatalog.LeastSquares }, samples);
        var map = new ShardMap(model.ParameterCount, 3);
        IUpdateCodec codec = UpdateCodecs.Create(_plan.Codec, model.ParameterCount, seed: 11);
        _step = new GradientStep(_plan, model, samples, map, TimeProvider.System, smoothnessIsKnown: true);
        _step.Compute(Steps.View(map, Steps.Bell(model.ParameterCount, 7)), Steps.Single(0, 16));
        _encoder = new UpdateEncoder(_plan, map, codec, UpdateRules.Create(_plan.Rule, model.ParameterCount), 3, 2);
        IGrainFactory grains = DispatchProxy.Create<IGrainFactory, Stub>();
        ((Stub)(object)grains).Answer = arguments => Keeper((string)arguments[0]!);
        _link = new KeeperLink(grains, new WorkerIdentity("job", 3, 2), _encoder);
    }

    public void Dispose() => _step.Dispose();

    [Fact]
    public async Task Update_whose_keeper_does_not_answer_is_not_pushed_and_the_next_keeper_gets_all()
    {
        _keepers["1"] = _ => KeepVerdict.Kept;
        Seal(0);
        Assert.Equal(TicketVerdict.Given, await KeepAsync(0, keeper: 1));
        _keepers["1"] = _ => throw new TimeoutException();
        Seal(1);

        Assert.Equal(TicketVerdict.Held, await KeepAsync(1, keeper: 1));
        Assert.Equal(TicketVerdict.Held, await KeepAsync(1, keeper: 1));
        _keepers["2"] = _ => KeepVerdict.Kept;
        Assert.Equal(TicketVerdict.Given, await KeepAsync(1, keeper: 2));

        Assert.Equal(["1: T0", "2: T0", "2: T1"], _kept);
    }

    [Fact]
    public async Task Keeper_that_answers_again_gets_all_again()
    {
        bool isReached = true;
        _keepers["1"] = _ => isReached ? KeepVerdict.Kept : throw new TimeoutException();
        Seal(0);
        await KeepAsync(0, keeper: 1);
        isReached = false;
        Seal(1);
        await KeepAsync(1, keeper: 1);
        isReached = true;

        Assert.Equal(TicketVerdict.Given, await KeepAsync(1, keeper: 1));

        Assert.Equal(["1: T0", "1: T1"], _kept.Distinct());
    }

    [Fact]
    public async Task New_keeper_that_fails_between_two_updates_gets_all_of_them_the_next_time()
    {
        _keepers["1"] = _ => KeepVerdict.Kept;
        Seal(0);
        await KeepAsync(0, keeper: 1);
        Seal(1);
        await KeepAsync(1, keeper: 1);
        int calls = 0;
        _keepers["2"] = _ => ++calls == 2 ? throw new TimeoutException() : KeepVerdict.Kept;
        Seal(2);

        Assert.Equal(TicketVerdict.Held, await KeepAsync(2, keeper: 2));
        Assert.Equal(TicketVerdict.Given, await KeepAsync(2, keeper: 2));

        Assert.Equal(["2: T0", "2: T1", "2: T2"], _kept.Where(one => one.StartsWith('2')).Distinct());
    }

    [Fact]
    public async Task Keeper_that_was_told_that_this_life_is_over_ends_it()
    {
        _keepers["1"] = _ => KeepVerdict.Over;
        Seal(0);

        Assert.Equal(TicketVerdict.Fenced, await KeepAsync(0, keeper: 1));
    }

    [Fact]
    public async Task Where_there_is_no_keeper_the_update_is_pushed()
    {
        Seal(0);

        Assert.Equal(TicketVerdict.Given, await KeepAsync(0, keeper: 0));
    }

    private void Seal(long sequence)
    {
        Assert.True(_encoder.TryEncode(sequence, Steps.Single(0, 16), _step, 0.25f));
        _encoder.Seal(sequence, ticket: sequence, roundTicket: sequence);
    }

    private async Task<TicketVerdict> KeepAsync(long sequence, int keeper) =>
        await _link.KeepAsync(sequence, keeper, safe: 0, CancellationToken.None);

    private IKeeperGrain Keeper(string key)
    {
        string number = key[(key.LastIndexOf('/') + 1)..];
        IKeeperGrain keeper = DispatchProxy.Create<IKeeperGrain, Stub>();
        ((Stub)(object)keeper).Answer = arguments => new ValueTask<KeepVerdict>(Keep(number, (KeepRequest)arguments[0]!));
        return keeper;
    }

    private KeepVerdict Keep(string number, KeepRequest request)
    {
        KeepVerdict verdict = _keepers[number](request);
        _kept.Add($"{number}: T{request.Ticket}");
        return verdict;
    }

    /// <summary>Any interface, every call of which one function answers.</summary>
    public class Stub : DispatchProxy
    {
        public Func<object?[], object?> Answer { get; set; } = _ => null;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Answer(args ?? []);
    }
}
