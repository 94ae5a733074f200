using System.Net;
using OrleansSgd.Silo.Http;

namespace OrleansSgd.Cluster.Tests.Security;

/// <summary>Goal: who asks too often slows down itself alone, in bounded memory. Method: a clock that the test moves.</summary>
public sealed class RequestBudgetTests
{
    private static readonly IPAddress Greedy = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Modest = IPAddress.Parse("192.0.2.2");

    private readonly StillTime _time = new();

    [Fact]
    public void An_address_spends_its_burst_then_its_rate_and_takes_nothing_from_others()
    {
        var budget = new RequestBudget(_time);

        Assert.Equal(RequestBudget.BurstMax, Spend(budget, Greedy, 10_000));
        Assert.True(budget.TrySpend(Modest));
        _time.Now += TimeSpan.FromSeconds(0.5);
        Assert.Equal(RequestBudget.PerSecond / 2, Spend(budget, Greedy, 10_000));
        _time.Now += TimeSpan.FromHours(1);
        Assert.Equal(RequestBudget.BurstMax, Spend(budget, Greedy, 10_000));
    }

    [Fact]
    public void Whoever_has_many_addresses_of_one_network_has_one_budget()
    {
        var budget = new RequestBudget(_time);

        int spent = Enumerable.Range(0, 5000).Count(i => budget.TrySpend(IPAddress.Parse($"2001:db8:1:2::{i:x}")));

        Assert.Equal((RequestBudget.BurstMax, 1), (spent, budget.Addresses));
        Assert.True(budget.TrySpend(IPAddress.Parse("2001:db8:1:3::1")));
        Assert.True(budget.TrySpend(Greedy) && budget.TrySpend(Greedy.MapToIPv6()));
        Assert.Equal(3, budget.Addresses);
    }

    [Fact]
    public void More_addresses_than_are_kept_share_one_budget_until_others_have_rested()
    {
        var budget = new RequestBudget(_time);

        int spent = Enumerable.Range(0, 20_000).Count(i => budget.TrySpend(new IPAddress([10, 0, (byte)(i >> 8), (byte)i])));
        Assert.Equal(RequestBudget.AddressesMax + RequestBudget.BurstMax, spent);
        Assert.Equal(RequestBudget.AddressesMax, budget.Addresses);

        _time.Now += TimeSpan.FromSeconds(1);
        Assert.True(budget.TrySpend(Modest));
        Assert.Equal(1, budget.Addresses);
    }

    private static int Spend(RequestBudget budget, IPAddress address, int tries) => Enumerable.Range(0, tries).Count(_ => budget.TrySpend(address));

    private sealed class StillTime : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
