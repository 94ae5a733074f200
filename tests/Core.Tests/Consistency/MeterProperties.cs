using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Consistency.Metering;

namespace OrleansSgd.Core.Tests.Consistency;

/// <summary>Goal: the meter never understates. Method: simulated runs in which x, v and D are known exactly.</summary>
public class MeterProperties
{
    private static readonly Quadratic Problem = new(18, 0.1, 1, 1);

    [Fact]
    public void Bound_is_never_below_the_exact_distance() => SeedLaw.ForAll(seed =>
    {
        AsyncResult run = AsyncRun.Of(Plan(seed));
        Assert.Equal(-1, run.FirstBelowTruth(run.Measure(seed)));
    });

    [Fact]
    public void Bound_with_error_feedback_is_never_below_the_exact_distance() => SeedLaw.ForAll(seed =>
    {
        AsyncResult run = AsyncRun.Of(Plan(seed) with { TopK = 3, Rate = t => t < 150 ? 0.05 : 0.01 });
        List<FinalisedTicket> tickets = run.Measure(seed);
        Assert.Equal(-1, run.FirstBelowTruth(tickets));
        Assert.Contains(tickets, ticket => ticket.ResidualDistance > 0);
    });

    [Fact]
    public void Order_of_arrival_changes_nothing() => SeedLaw.ForAll(seed =>
    {
        AsyncResult run = AsyncRun.Of(Plan(seed) with { TopK = (int)(seed % 3) * 4, SketchWidth = seed % 2 == 0 ? 64 : 0 });
        Assert.Equal(run.Measure(0), run.Measure(seed + 1));
    });

    [Fact]
    public void Order_of_application_gives_the_same_parameters() => SeedLaw.ForAll(seed =>
    {
        AsyncResult run = AsyncRun.Of(Plan(seed));
        Assert.True(Quadratic.DistanceSquared(run.Parameters, run.Final) < 1e-24);
    });

    [Fact]
    public void Delay_is_the_number_of_tickets_that_some_slice_lacks() => SeedLaw.ForAll(seed =>
    {
        AsyncResult run = AsyncRun.Of(Plan(seed) with { Tickets = 120 });
        List<FinalisedTicket> tickets = run.Measure(seed);
        Assert.All(tickets, ticket => Assert.Equal(run.ExactDelay((int)ticket.Ticket), ticket.Delay));
        Assert.Contains(tickets, ticket => ticket.Delay > 1);
    });

    [Fact]
    public void Sketch_estimate_is_within_three_standard_errors_of_the_exact_distance()
    {
        // The error of one ticket has the standard deviation √(2/(rS)) or less; tickets share their updates' hashes, seeds do not.
        const int Width = 128;
        int far = 0;
        double sum = 0;
        int count = 0;
        SeedLaw.ForAll(seed =>
        {
            Quadratic problem = new(600, 0.1, 1, 1);
            AsyncPlan plan = Plan(seed) with { Problem = problem, SketchWidth = Width, Tickets = 40, TopK = seed % 2 == 0 ? 0 : 200 };
            AsyncResult run = AsyncRun.Of(plan);
            FinalisedTicket last = run.Measure(seed).Last(ticket => ticket.Delay > 0);
            double exact = run.Distances[(int)last.Ticket];
            double relative = (last.DistanceEstimateSquared / exact) - 1;
            far += Math.Abs(relative) > 3 * Math.Sqrt(2.0 / (Width * run.Plan.Shards)) ? 1 : 0;
            sum += relative;
            count++;
        });

        Assert.True(far <= 2, $"{far} of {count} estimates are more than three standard errors off.");
        Assert.True(Math.Abs(sum / count) < 4 * Math.Sqrt(2.0 / (Width * 3)) / Math.Sqrt(count), $"The estimates are biased by {sum / count:p1}.");
    }

    [Fact]
    public void Gap_does_not_depend_on_the_rate()
    {
        // Near the optimum noise dominates, and the order of events is the same for all rates: only D/α² is compared.
        double[] sums = new double[3];
        SeedLaw.ForAll(seed =>
        {
            for (int i = 0; i < 3; i++)
            {
                double rate = 0.01 * Math.Pow(2, i - 1);
                AsyncPlan plan = Plan(seed) with { Rate = _ => rate, Start = 0 };
                sums[i] += AsyncRun.Of(plan).Distances.Average() / (rate * rate);
            }
        });

        Assert.InRange(sums[0] / sums[1], 0.95, 1.05);
        Assert.InRange(sums[2] / sums[1], 0.95, 1.05);
    }

    [Theory]
    [InlineData("UnderReportedDelay")]
    [InlineData("DroppedResidual")]
    [InlineData("WrongRate")]
    public void Planted_bug_is_caught_by_the_exact_distance(string name)
    {
        PlantedBug bug = Enum.Parse<PlantedBug>(name);
        SeedLaw.ForAll(seed =>
        {
            AsyncResult run = AsyncRun.Of(Plan(seed) with { TopK = bug == PlantedBug.DroppedResidual ? 3 : 0, Bug = bug });
            Assert.NotEqual(-1, run.FirstBelowTruth(run.Measure(seed)));
        });
    }

    [Fact]
    public void Early_ticket_is_caught_by_the_meter() => SeedLaw.ForAll(seed =>
    {
        AsyncResult run = AsyncRun.Of(Plan(seed) with { Bug = PlantedBug.EarlyTicket });
        ConsistencyMeter meter = new(new MeterOptions { ShardCount = run.Plan.Shards });
        IEnumerable<TicketRecord> records = run.Steps.Where(step => step.Update.Length > 0).Select(step => step.Record);
        Assert.Contains(records, record => meter.Record(record).Verdict == RecordVerdict.ViewAheadOfTicket);
    });

    private static AsyncPlan Plan(ulong seed) => new() { Seed = seed, Problem = Problem, Rate = t => t % 50 < 25 ? 0.05 : 0.02 };
}
