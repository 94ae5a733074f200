using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;

namespace OrleansSgd.Cluster.Tests.Parts;

/// <summary>Goal: what workers report is counted once, however often it arrives.</summary>
public sealed class ReportLedgerTests
{
    private readonly ReportLedger _ledger = new(workers: 2, samplesPerEpoch: 1000);

    [Fact]
    public void Repeated_report_changes_nothing()
    {
        var report = new WorkerReport(Updates: 4, Samples: 40, LossSum: 80, DelaySum: 6, DelayMax: 3, BytesPushed: 400, BytesPulled: 500);

        _ledger.Record(0, 1, report);
        _ledger.Record(0, 1, report);

        Assert.Equal(4, _ledger.Updates);
        Assert.Equal(400, _ledger.BytesPushed);
        Assert.Equal(500, _ledger.BytesPulled);
        Assert.Equal(2.0, _ledger.Loss);
        Assert.Equal(1.5, _ledger.DelayMean);
    }

    [Fact]
    public void New_life_of_a_worker_starts_from_zero_and_the_old_one_stays_counted()
    {
        _ledger.Record(0, 1, new WorkerReport(4, 40, 80, 6, 3, 400, 500));

        _ledger.Record(0, 2, new WorkerReport(1, 10, 10, 9, 9, 100, 100));

        Assert.Equal(5, _ledger.Updates);
        Assert.Equal(9, _ledger.DelayMax);
        Assert.Equal(1.8, _ledger.Loss, 12);
    }

    [Fact]
    public void Nothing_reported_gives_no_number()
    {
        Assert.True(double.IsNaN(_ledger.Loss));
        Assert.True(double.IsNaN(_ledger.DelayMean));
    }

    [Fact]
    public void Loss_forgets_what_is_older_than_a_tenth_of_an_epoch()
    {
        _ledger.Record(0, 1, new WorkerReport(10, 1000, 5000, 0, 0, 0, 0));

        for (int i = 1; i <= 20; i++)
        {
            _ledger.Record(1, 1, new WorkerReport(10 * i, 100 * i, 100 * i, 0, 0, 0, 0));
        }

        Assert.Equal(1.0, _ledger.Loss, 0.05);
    }
}
