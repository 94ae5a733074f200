namespace OrleansSgd.Certifier.Tests.Traces;

/// <summary>The figures of a model, computed the plain way: sets instead of watermarks, everything kept, every sum over everything.</summary>
internal sealed class PlainFigures
{
    private readonly TraceModel _model;
    private readonly Dictionary<long, double[][]>? _updates;
    private readonly Dictionary<long, ModelRow> _rows = [];
    private readonly HashSet<long> _voids = [];
    private readonly Dictionary<(long Ticket, int Shard), int> _lost = [];
    private readonly Dictionary<(long Ticket, int Shard), bool> _settled = [];
    private readonly List<(int Worker, long Ticket)> _retired = [];
    private readonly Dictionary<int, (int Incarnation, double Norm)> _held = [];
    private readonly Dictionary<long, double> _heldBefore = [];
    private readonly List<ModelCut> _cuts = [];
    private readonly List<(long Ticket, double Delta, double Path)> _rebases = [];
    private readonly List<(long Next, double Length)> _way = [];
    private readonly List<(ModelRow Row, double Distance, int Delay)> _steps = [];
    private long _next;

    private PlainFigures(TraceModel model, Dictionary<long, double[][]>? updates)
    {
        _model = model;
        _updates = updates;
        _cuts.AddRange(model.Ledger.OfType<ModelCut>());
        foreach (object item in model.Ledger)
        {
            Take(item);
            while (Finalise())
            {
            }
        }

        IsOver = true;
        while (Finalise())
        {
        }
    }

    /// <summary>Σ over shards of the exact ‖x − v‖² of each step, when the updates are known.</summary>
    public Dictionary<long, double> ExactSquared { get; } = [];

    public IReadOnlyList<(ModelRow Row, double Distance, int Delay)> Steps => _steps;

    private bool IsOver { get; set; }

    private IEnumerable<(ModelRow Row, double Distance, int Delay)> Measured => _steps.Where(step => step.Row.Rate > 0);

    /// <summary>Computes everything, and writes the figures into the model as those that the run showed live.</summary>
    public static PlainFigures Of(TraceModel model, Dictionary<long, double[][]>? updates = null)
    {
        var figures = new PlainFigures(model, updates);
        foreach ((string name, double value) in figures.All())
        {
            model.Figures[name] = value;
        }

        model.Status = double.IsNaN(model.Figures["certificate.value"]) ? "VOID" : "STATISTICAL";
        return figures;
    }

    private IEnumerable<(string Name, double Value)> All()
    {
        var measured = Measured.ToList();
        yield return ("delay_mean", measured.Count == 0 ? double.NaN : measured.Average(step => step.Delay));
        yield return ("delay_max", measured.Count == 0 ? double.NaN : measured.Max(step => step.Delay));
        yield return ("gap_mean", measured.Count == 0 ? double.NaN : measured.Average(step => step.Distance / Math.Pow(step.Row.Rate * step.Row.SlotCount, 2)));
        yield return ("bound_predicted", Predicted(measured));
        foreach ((string, double) part in Certificate())
        {
            yield return part;
        }
    }

    private double Predicted(List<(ModelRow Row, double Distance, int Delay)> measured)
    {
        if (measured.Count == 0)
        {
            return double.NaN;
        }

        double largest = measured.Max(step => Math.Sqrt(step.Row.NormSquared) / (step.Row.Rate * step.Row.StepCount));
        int steps = measured[0].Row.StepCount;
        int slots = measured.Min(step => step.Row.SlotCount);
        double update = steps * largest / slots;
        return (measured.Max(step => step.Delay) * update) + (_model.Mode == "bsp" && steps > 1 ? 2 * slots * update : 0);
    }

    private static double Secant(double[] secants) => secants.Length < 8
        ? secants.DefaultIfEmpty(double.NaN).Max()
        : secants.Chunk(8).Where(group => group.Length == 8).Max(group => Math.Sqrt(group.Sum(one => one * one) / 8));

    private IEnumerable<(string Name, double Value)> Certificate()
    {
        ModelCut first = _cuts[0];
        ModelCut last = _cuts[^1];
        var steps = _steps.Where(step => step.Row.Ticket >= first.Ticket && step.Row.Ticket < last.Ticket).ToList();
        double smoothness = _model.Smoothness ?? 2 * Secant([.. Measured
            .Where(step => step.Row.Ticket < last.Ticket && (step.Row.Flags & 2) != 0)
            .Select(step => step.Row.SecantGradient / step.Row.SecantDistance)]);
        double weight = steps.Sum(step => (step.Row.Flags & 32) != 0 ? 0 : step.Row.Rate * step.Row.StepCount);
        double jump = 0;
        foreach ((long ticket, double delta, double path) in _rebases.Where(one => one.Ticket >= first.Ticket && one.Ticket < last.Ticket))
        {
            double gradient = Math.Sqrt(_cuts.Last(cut => cut.Ticket <= ticket).GradientSquared ?? double.NaN);
            jump += ((gradient + (smoothness * path)) * delta) + (smoothness * delta * delta / 2);
        }

        double noise = 0;
        for (int i = 1; i < _cuts.Count; i++)
        {
            double factor = steps
                .Where(step => step.Row.Ticket >= _cuts[i - 1].Ticket && step.Row.Ticket < _cuts[i].Ticket)
                .Sum(step => step.Row.Rate * step.Row.Rate * step.Row.StepCount * (_model.IsBiased ? step.Row.SlotCount : 1));
            noise += factor == 0 ? 0 : factor * Noise(_cuts[i - 1].Ticket, _cuts[i].Ticket);
        }

        double optimisation = 2 * (first.Loss - last.Loss + jump) / weight;
        double staleness = (_model.IsBiased ? 2 : 1) * smoothness * smoothness
            * steps.Sum(step => step.Row.Rate * step.Row.StepCount * step.Distance) / weight;
        double bias = !_model.IsBiased ? 0 : 2 / weight
            * steps.Where(step => step.Row.Rate > 0).Sum(step => step.Row.Rate * step.Row.StepCount * step.Row.DroppedSquared / Math.Pow(step.Row.Rate, 2));
        noise *= smoothness / weight;
        double uncertainty = 6 * Math.Sqrt((first.Error * first.Error) + (last.Error * last.Error)) / weight;
        yield return ("certificate.optimisation", optimisation);
        yield return ("certificate.staleness", staleness);
        yield return ("certificate.noise", noise);
        yield return ("certificate.bias", bias);
        yield return ("certificate.jump", jump);
        double value = optimisation + staleness + noise + bias + uncertainty;
        double product = smoothness * steps.Select(step => step.Row.Rate * step.Row.SlotCount).DefaultIfEmpty(0).Max();
        yield return ("certificate.value", value >= 0 && (_model.IsBiased || product <= 1) ? value : double.NaN);
    }

    private double Noise(long first, long end)
    {
        var all = Measured.Where(step => step.Row.Ticket < end && (step.Row.Flags & 1) != 0).ToList();
        var inside = all.Where(step => step.Row.Ticket >= first).ToList();
        double[] values =
        [
            .. (inside.Count >= 8 ? inside : all.TakeLast(8))
                .Select(step => _model.IsBiased ? step.Row.GradientSquared : step.Row.HalfDifferenceSquared / 4),
        ];
        if (values.Length < 2)
        {
            return double.NaN;
        }

        double mean = values.Average();
        double deviation = Math.Sqrt(values.Sum(one => (one - mean) * (one - mean)) / (values.Length - 1));
        return mean + (2.326 * deviation / Math.Sqrt(values.Length));
    }

    private void Take(object item)
    {
        switch (item)
        {
            case ModelRow row:
                _rows[row.Ticket] = row;
                break;
            case ModelVoid none:
                _voids.Add(none.Ticket);
                break;
            case ModelSettle settle:
                for (int shard = 0; shard < _model.Shards; shard++)
                {
                    _settled[(settle.Ticket, shard)] = settle.Applied[shard];
                }

                break;
            case ModelRetire retire:
                _retired.Add((retire.Worker, retire.Ticket));
                break;
            case ModelRestore restore:
                Restore(restore);
                break;
        }
    }

    private void Restore(ModelRestore restore)
    {
        double delta = 0;
        foreach (long ticket in restore.Lost)
        {
            if (!_lost.TryAdd((ticket, restore.Shard), restore.Incarnation))
            {
                continue;
            }

            delta += ticket < _next ? _rows[ticket].Norm(restore.Shard) : 0;
        }

        Rebase(delta, _held.Values.Sum(one => one.Norm));
    }

    private void Rebase(double delta, double held)
    {
        if (delta > 0)
        {
            long since = _cuts.Where(cut => cut.Ticket <= _next).Select(cut => cut.Ticket).DefaultIfEmpty(0).Max();
            _rebases.Add((_next, delta, _way.Where(one => one.Next >= since).Sum(one => one.Length) + held));
            _way.Add((_next, delta));
        }
    }

    private bool IsApplied(long ticket, int shard) => State(ticket, shard) == 1;

    private int State(long ticket, int shard) =>
        _voids.Contains(ticket) || _lost.ContainsKey((ticket, shard)) ? 2
        : !_rows.TryGetValue(ticket, out ModelRow? row) ? 0
        : row.Slices[shard].State != 0 ? row.Slices[shard].State
        : _settled.TryGetValue((ticket, shard), out bool applied) ? (applied ? 1 : 2)
        : 0;

    private bool Finalise()
    {
        bool isKnown = _voids.Contains(_next) || _rows.ContainsKey(_next);
        if (!isKnown || Enumerable.Range(0, _model.Shards).Any(shard => State(_next, shard) == 0))
        {
            return false;
        }

        bool isVoid = !Enumerable.Range(0, _model.Shards).Any(shard => IsApplied(_next, shard));
        ModelRow? row = _rows.GetValueOrDefault(_next);
        if (row is { StepCount: > 1, SlotCount: > 1 } && !isVoid && !RoundIsKnown(row))
        {
            return false;
        }

        double before = _held.Values.Sum(one => one.Norm);
        double delta = 0;
        foreach ((int worker, _) in _retired.Where(one => one.Ticket <= _next).ToList())
        {
            delta += _held.GetValueOrDefault(worker).Norm;
            _held[worker] = (_held.GetValueOrDefault(worker).Incarnation, 0);
        }

        _retired.RemoveAll(one => one.Ticket <= _next);
        if (row is not null)
        {
            delta += Step(row, isVoid);
        }

        Rebase(delta, before);
        _next++;
        return true;
    }

    private double Step(ModelRow row, bool isVoid)
    {
        _heldBefore.TryAdd(row.RoundTicket, _held.Values.Sum(one => one.Norm));
        (int incarnation, double norm) = _held.GetValueOrDefault(row.Worker);
        double own = Math.Sqrt(row.HeldSquared);
        double delta = isVoid ? norm + own : row.Incarnation > incarnation && (row.Flags & 16) == 0 ? norm : 0;
        if (!isVoid)
        {
            _way.Add((_next, Math.Sqrt(row.NormSquared)));
            delta += Math.Sqrt(Enumerable.Range(0, _model.Shards).Where(shard => !IsApplied(_next, shard)).Sum(shard => row.Slices[shard].NormSquared));
            _steps.Add((row, Distance(row), Enumerable.Range(0, (int)row.RoundTicket).Count(ticket =>
                Enumerable.Range(0, _model.Shards).Any(shard => IsApplied(ticket, shard) && !row.Slices[shard].View.Contains(ticket)))));
        }

        if (row.Incarnation >= incarnation)
        {
            _held[row.Worker] = (row.Incarnation, own);
        }

        return delta;
    }

    private double Distance(ModelRow row)
    {
        double squared = 0;
        double exact = 0;
        for (int shard = 0; shard < _model.Shards; shard++)
        {
            ModelSlice slice = row.Slices[shard];
            long[] missing =
            [
                .. Enumerable.Range(0, (int)row.RoundTicket).Select(ticket => (long)ticket)
                    .Where(ticket => IsApplied(ticket, shard) && !slice.View.Contains(ticket)),
            ];
            long[] extra =
            [
                .. _lost.Where(one => one.Key.Shard == shard && slice.ViewIncarnation < one.Value && slice.View.Contains(one.Key.Ticket))
                    .Select(one => one.Key.Ticket),
            ];
            double norm = missing.Concat(extra).Sum(ticket => _rows[ticket].Norm(shard))
                + Math.Sqrt(slice.ViewErrorSquared) + Math.Sqrt(slice.SubstituteSquared);
            squared += norm * norm;
            if (_updates is not null)
            {
                for (int at = 0; at < _updates[row.Ticket][shard].Length; at++)
                {
                    double sum = missing.Sum(ticket => _updates[ticket][shard][at]) - extra.Sum(ticket => _updates[ticket][shard][at]);
                    exact += sum * sum;
                }
            }
        }

        ExactSquared[row.Ticket] = exact;
        double local = row.LocalDistance + (row.StepCount > 1 && row.SlotCount > 1 ? RoundRows(row).Average(one => one.LocalDistance) : 0);
        double distance = Math.Sqrt(squared) + _heldBefore[row.RoundTicket] + local;
        return distance * distance;
    }

    private bool RoundIsKnown(ModelRow row) =>
        IsOver || RoundRows(row).Count() == row.SlotCount || _rows.Values.Any(one => one.RoundTicket > row.RoundTicket);

    private IEnumerable<ModelRow> RoundRows(ModelRow row) => _rows.Values
        .Where(one => one.RoundTicket == row.RoundTicket && Enumerable.Range(0, _model.Shards).Any(shard => IsApplied(one.Ticket, shard)))
        .OrderBy(one => one.Ticket)
        .Take(row.SlotCount);
}
