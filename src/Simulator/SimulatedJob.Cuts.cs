using OrleansSgd.Core.Consistency;
using OrleansSgd.Core.Shards;

namespace OrleansSgd.Simulator;

/// <content>Ticket cuts: no ticket is given until every shard has settled all of them, so that their slices are x at one ticket.</content>
internal sealed partial class SimulatedJob
{
    private long _cutAsked;
    private long _cutTicket = -1;
    private bool _isFinishing;

    // The losses along the run: (ticket, seconds, f of the shards' parameters).
    public List<LossPoint> Losses { get; } = [];

    private void MeasureStart()
    {
        ObjectiveTruth truth = Measure(_grid.Initial);
        Losses.Add(new LossPoint(0, 0, truth.Loss, truth.GradientSquared));
        _ledger.Cut(0, _grid.Initial, truth);
    }

    private void AskForCut()
    {
        if (_grid.Plan.CutEvery > 0 && _cutTicket < 0 && !_isFinishing && Totals.Tickets >= _cutAsked + _grid.Plan.CutEvery)
        {
            _cutAsked = Totals.Tickets;
            _coordinator.RequestCut();
            Pump();
        }
    }

    private void HoldForCut()
    {
        if (_cutTicket < 0 && _coordinator.TryHold(out long ticket))
        {
            _cutTicket = ticket;
        }
    }

    // Measures when the shards are there; false when there is nothing to do yet.
    private bool FinishCut()
    {
        long ticket = _isFinishing ? Totals.Tickets : _cutTicket;
        if (ticket < 0 || !_grid.Shards.All(shard => IsAt(shard.Life, ticket)))
        {
            return false;
        }

        int[] lives = Array.ConvertAll(_grid.Shards, shard => shard.Life!.Incarnation);
        if (!_isFinishing && !_coordinator.TryConfirm(ref _cutTicket, lives))
        {
            return false;
        }

        float[] parameters = Parameters();
        ObjectiveTruth truth = Measure(parameters);
        Losses.Add(new LossPoint(ticket, _grid.Time.Now, truth.Loss, truth.GradientSquared));
        _ledger.Cut(ticket, parameters, truth);
        Keep();
        _cutTicket = -1;
        if (_isFinishing)
        {
            IsOver = true;
            return false;
        }

        _coordinator.Release();
        return true;
    }

    public float[] Parameters()
    {
        float[] parameters = new float[_grid.Map.Dimension];
        for (int shard = 0; shard < _grid.Map.Count; shard++)
        {
            _grid.Shards[shard].Life?.Parameters.CopyTo(parameters.AsSpan(_grid.Map[shard].Start));
        }

        return parameters;
    }

    private bool IsAt(ParameterShard? life, long ticket) =>
        life is not null && life.Settled.Watermark >= ticket && (!_isFinishing || life.Version >= _coordinator.VersionWhole);

    private void Keep()
    {
        for (int shard = 0; shard < _kept.Length; shard++)
        {
            ParameterShard life = _grid.Shards[shard].Life!;
            var settled = new TicketSet();
            settled.CopyFrom(life.Settled);
            _kept[shard] = new KeptSlice(life.Incarnation, life.Version, [.. life.Parameters], settled);
        }
    }

    private ObjectiveTruth Measure(float[] parameters) => _grid.Objective.Measure(Array.ConvertAll(parameters, value => (double)value));
}
