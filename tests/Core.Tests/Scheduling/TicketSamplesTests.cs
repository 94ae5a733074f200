using OrleansSgd.Core.Scheduling;

namespace OrleansSgd.Core.Tests.Scheduling;

public class TicketSamplesTests
{
    [Fact]
    public void A_ticket_names_its_samples()
    {
        var samples = new TicketSamples();
        samples.Note(0, 0, 0, 4);
        samples.Note(2, 1, 8, 12);

        Assert.True(samples.TryFind(2, out int epoch, out SampleRange range));
        Assert.Equal((1, new SampleRange(8, 12)), (epoch, range));
        Assert.False(samples.TryFind(1, out _, out _));
        Assert.False(samples.TryFind(3, out _, out _));
        Assert.False(samples.TryFind(-1, out _, out _));
    }

    [Fact]
    public void The_newest_are_remembered_and_the_others_are_not_mistaken_for_them()
    {
        var samples = new TicketSamples();
        int count = TicketSamples.CountMax + 300;
        for (int ticket = 0; ticket < count; ticket++)
        {
            samples.Note(ticket, 0, ticket, ticket + 1);
        }

        for (int ticket = 0; ticket < count; ticket++)
        {
            bool isThere = samples.TryFind(ticket, out _, out SampleRange range);
            Assert.Equal(ticket >= 300, isThere);
            Assert.True(!isThere || range.Start == ticket);
        }
    }

    [Fact]
    public void A_run_that_goes_on_late_begins_with_a_high_ticket()
    {
        var samples = new TicketSamples();
        samples.Note(10_000_000, 3, 0, 4);
        samples.Note(10_000_005, 3, 4, 8);

        Assert.True(samples.TryFind(10_000_000, out _, out _));
        Assert.False(samples.TryFind(10_000_004, out _, out _));
        Assert.False(samples.TryFind(9_999_999, out _, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => samples.Note(10_000_005, 3, 8, 12));
    }
}
