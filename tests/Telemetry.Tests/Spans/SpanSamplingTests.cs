using OrleansSgd.Telemetry.Spans;

namespace OrleansSgd.Telemetry.Tests.Spans;

public sealed class SpanSamplingTests
{
    private const int TicketCount = 1_000_000;

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(256)]
    [InlineData(1000)]
    public void About_one_ticket_in_N_is_picked(int every)
    {
        var sampling = new SpanSampling(every);
        double expected = (double)TicketCount / every;

        // Six standard deviations of a binomial count; the pick is fixed, so this either always holds or never.
        Assert.InRange(Count(sampling, 0, 1), expected - (6 * Math.Sqrt(expected)), expected + (6 * Math.Sqrt(expected)));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(16)]
    public void Workers_whose_tickets_take_turns_are_picked_equally_often(int workers)
    {
        var sampling = new SpanSampling(256);
        double expected = (double)TicketCount / workers / 256;
        for (int worker = 0; worker < workers; worker++)
        {
            Assert.InRange(Count(sampling, worker, workers), expected - (6 * Math.Sqrt(expected)), expected + (6 * Math.Sqrt(expected)));
        }
    }

    [Fact]
    public void One_picks_every_ticket_and_zero_none()
    {
        Assert.Equal(TicketCount, Count(new SpanSampling(1), 0, 1));
        Assert.Equal(0, Count(new SpanSampling(0), 0, 1));
    }

    private static int Count(SpanSampling sampling, int first, int step)
    {
        int count = 0;
        for (long ticket = first; ticket < TicketCount; ticket += step)
        {
            count += sampling.Takes(ticket) ? 1 : 0;
        }

        return count;
    }
}
