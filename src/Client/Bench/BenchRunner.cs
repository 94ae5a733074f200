namespace OrleansSgd.Client.Bench;

/// <summary>One run of one program, whose line may be for several comparisons.</summary>
internal sealed record BenchTurn(int Round, Contender Side, IReadOnlyList<Comparison> For);

/// <summary>Runs every side in turn, round after round: grid, peer, grid, peer. Never two at once.</summary>
/// <param name="run">Runs one program to its end.</param>
/// <param name="roundTrip">Measures before each program how far apart processors are, as <see cref="CacheLine"/>; null for not at all.</param>
internal sealed class BenchRunner(Func<Contender, CancellationToken, Task<BenchLine>> run, Func<double>? roundTrip = null)
{
    private readonly List<double> _roundTrips = [];
    private readonly List<BenchRun> _runs = [];
    private readonly List<BenchGap> _gaps = [];
    private readonly SortedSet<string> _versions = new(StringComparer.Ordinal);
    private readonly HashSet<string> _givenUp = [];

    /// <summary>Every figure so far.</summary>
    public IReadOnlyList<BenchRun> Runs => _runs;

    /// <summary>Sides that gave nothing.</summary>
    public IReadOnlyList<BenchGap> Gaps => _gaps;

    /// <summary>One before each program, in ns.</summary>
    public IReadOnlyList<double> RoundTrips => _roundTrips;

    /// <summary>What the programs said they are built on, each once.</summary>
    public IReadOnlyCollection<string> Versions => _versions;

    /// <summary>The turns. Within a round, equal commands are one turn; neighbours are of one comparison as far as that goes.</summary>
    public static IEnumerable<BenchTurn> Plan(IReadOnlyList<Comparison> comparisons, int rounds)
    {
        BenchTurn[] once =
        [
            .. comparisons.SelectMany(comparison => comparison.Sides.Select(side => (comparison, side))).GroupBy(pair => pair.side.Command)
                .Select(same => new BenchTurn(0, same.First().side, [.. same.Select(pair => pair.comparison).Distinct()])),
        ];
        return Enumerable.Range(1, rounds).SelectMany(round => once.Select(turn => turn with { Round = round }));
    }

    /// <summary>Takes every turn. A program that gave no figure once is not asked again: what it lacks will not have come.</summary>
    /// <param name="comparisons">What to measure.</param>
    /// <param name="told">Is told each figure, and each gap, as it comes.</param>
    public async Task RunAsync(IReadOnlyList<Comparison> comparisons, int rounds, Action<BenchRun?, BenchGap?> told, CancellationToken interrupted)
    {
        foreach (BenchTurn turn in Plan(comparisons, rounds))
        {
            interrupted.ThrowIfCancellationRequested();
            if (_givenUp.Contains(turn.Side.Command))
            {
                continue;
            }

            double apart = roundTrip?.Invoke() ?? double.NaN;
            if (!double.IsNaN(apart))
            {
                _roundTrips.Add(apart);
            }

            BenchLine line = await run(turn.Side, interrupted);
            _versions.UnionWith(line.Versions);
            foreach ((Comparison comparison, Contender side) in SidesOf(turn))
            {
                if (line.Figure(comparison.Measure, side.Factor, out string trouble) is { } figure)
                {
                    _runs.Add(new BenchRun(comparison.Name, side.System, turn.Round, figure, apart));
                    told(_runs[^1], null);
                }
                else
                {
                    _givenUp.Add(turn.Side.Command);
                    _gaps.Add(new BenchGap(comparison.Name, side.System, trouble));
                    told(null, _gaps[^1]);
                }
            }
        }
    }

    // One command may be the ideal of one comparison and the grid's side of another.
    private static IEnumerable<(Comparison Comparison, Contender Side)> SidesOf(BenchTurn turn) =>
        turn.For.SelectMany(comparison => comparison.Sides.Where(side => side.Command == turn.Side.Command).Select(side => (comparison, side)));
}
