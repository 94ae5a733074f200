using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Optimizers;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Samples;
using OrleansSgd.Core.Vectors;
using OrleansSgd.Core.Workers;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Grains.Workers;

/// <summary>What one worker computes in a step, as its job's mode and the grid's adjustments ask for.</summary>
internal sealed class WorkerStep(RunPlan plan, ShardMap map, GradientStep gradient, ScaledCodec codec)
{
    private readonly MissingUpdates? _missing = plan.Mode == RunPlan.VarianceBounded ? new(plan, map) : null;
    private readonly int[] _missingCounts = new int[map.Count];
    private StepAdjustment _adjustment = StepAdjustment.None;

    /// <summary>True when the rate depends on the ticket: the update is encoded only once that is there.</summary>
    public bool AsksFirst => plan.Rule.DelayAdaptive || _adjustment.DelayAdaptive;

    /// <summary>Samples of one update.</summary>
    public int BatchSize => plan.LocalSteps * (int)Math.Clamp(Math.Round(plan.Batch * _adjustment.BatchScale), 1, plan.BatchMax);

    /// <summary>What the grid asks for from now on.</summary>
    public void Adjust(in StepAdjustment adjustment)
    {
        _adjustment = adjustment;
        codec.Scale = adjustment.FractionScale;
    }

    /// <summary>Computes the gradient of the machine's batch.</summary>
    public BatchLoss Compute(WorkerView view, WorkerMachine machine)
    {
        gradient.Begin(view);
        if (_missing is null)
        {
            return gradient.Compute(view.Parameters, machine.Batch);
        }

        for (int shard = 0; shard < _missingCounts.Length; shard++)
        {
            SliceRecord slice = gradient.Record.Slices[shard];
            _missingCounts[shard] = (int)Math.Max(0, machine.RoundTicket - slice.ViewWatermark - slice.ExceptionCount);
        }

        return gradient.Compute(
            _missing.Substituted(view.Parameters, _missingCounts, machine.Batch.Lease.SlotCount, gradient), machine.Batch);
    }

    /// <summary>What the gradient is scaled by.</summary>
    public float RateOf(in BatchRange batch) => (float)(gradient.RateOf(batch) * _adjustment.RateScale);

    /// <summary>The same for a gradient whose ticket is known, lower when it is late.</summary>
    public float RateAt(in BatchRange batch, long ticket)
    {
        float rate = RateOf(batch);
        if (double.IsNaN(_adjustment.Smoothness))
        {
            return rate;
        }

        long delay = 0;
        foreach (ref readonly SliceRecord slice in gradient.Record.Slices)
        {
            delay = Math.Max(delay, ticket - slice.ViewWatermark - slice.ExceptionCount);
        }

        return (float)(rate * DelayAdaptiveRate.FactorOf(delay, plan.Workers, _adjustment.Smoothness, rate));
    }

    /// <summary>At least the norm of the update that the machine's batch makes; NaN before there is a gradient.</summary>
    /// <remarks>Modes go by it, and the ledger does when worker and shard die together: then nobody else has seen the update.</remarks>
    public double NormBound(WorkerMachine machine, UpdateEncoder encoder) => machine.IsTicketOnly ? double.NaN
        : encoder.SequenceEncoded >= machine.Sequence ? encoder.Norm
        : machine.IsFlushing ? encoder.ResidualNorm
        : encoder.NormBound(gradient, RateOf(machine.Batch));

    /// <summary>Encodes the gradient; false when a value is not finite.</summary>
    public bool TryEncode(WorkerMachine machine, UpdateEncoder encoder, float rate)
    {
        _missing?.Remember(gradient.Gradient, rate);
        return encoder.TryEncode(machine.Sequence, machine.Batch, gradient, rate);
    }
}
