using OrleansSgd.Core.Randomness;

namespace OrleansSgd.Core.Chaos;

/// <summary>Plays a script: says what is due, to which silo, and remembers what was done.</summary>
/// <remarks>
/// A state machine without a clock: the host tells it how far the run is and which silos there are, and does what it says before it asks again.
/// What cannot be done (no such silo is up, or only one is) is a step too, with the reason, so that nothing of the script is passed over in silence.
/// </remarks>
public sealed class ChaosPlayer
{
    // A grid of fewer is not churn but its end: with one silo left nothing has anywhere to go.
    private const int SilosLeftMin = 1;

    private readonly ChaosScript _script;
    private readonly List<Due> _waiting = [];
    private readonly List<ChaosEvent> _done = [];
    private int _order;

    /// <param name="script">Without mistakes.</param>
    /// <exception cref="ArgumentException">The script has mistakes; the first is in the message.</exception>
    public ChaosPlayer(ChaosScript script)
    {
        ArgumentNullException.ThrowIfNull(script);
        if (script.Mistakes().FirstOrDefault() is { } mistake)
        {
            throw new ArgumentException(mistake, nameof(script));
        }

        _script = script;
        foreach (ChaosEvent one in script.Events)
        {
            _waiting.Add(new Due(one.At, _order, _order, one.Kind, one.Silo, IsUndoing: false));
            _order++;
        }
    }

    /// <summary>True when nothing is to be done any more.</summary>
    public bool IsDone => _waiting.Count == 0;

    /// <summary>Events of the script that have not come yet; what undoes one that came is not among them.</summary>
    public int EventsLeft => _waiting.Count(due => !due.IsUndoing);

    /// <summary>What was done, as a script: silos by number, moments as they were, undoings as events of their own.</summary>
    public ChaosScript Record => new(_script.Seed, [.. _done]);

    /// <summary>When the next step is due by a clock; +∞ when none waits for that clock.</summary>
    public double NextAt(ChaosClock clock)
    {
        double next = double.PositiveInfinity;
        foreach (Due due in _waiting)
        {
            next = due.At.Clock == clock ? Math.Min(next, due.At.Value) : next;
        }

        return next;
    }

    /// <summary>The next step that is due. Steps by tickets come before steps by seconds, and equal moments in the order of the script.</summary>
    /// <param name="tickets">Tickets given out.</param>
    /// <param name="seconds">Since the run began.</param>
    /// <param name="silos">Those that run, in ascending order of number, partitioned ones included.</param>
    /// <param name="coordinator">Number of the coordinator's silo; −1 when nobody knows.</param>
    /// <returns>False when nothing is due; then <paramref name="step"/> means nothing.</returns>
    public bool TryNext(long tickets, double seconds, IReadOnlyList<ChaosSilo> silos, int coordinator, out ChaosStep step)
    {
        ArgumentNullException.ThrowIfNull(silos);
        step = default;
        int next = -1;
        for (int i = 0; i < _waiting.Count; i++)
        {
            if (_waiting[i].At.Value <= NowOf(_waiting[i].At.Clock, tickets, seconds) && (next < 0 || IsBefore(_waiting[i], _waiting[next])))
            {
                next = i;
            }
        }

        if (next < 0)
        {
            return false;
        }

        Due due = _waiting[next];
        _waiting.RemoveAt(next);
        step = StepOf(due, silos, coordinator);
        if (step.Skipped is null)
        {
            Remember(due, step, tickets, seconds);
            Undo(due, step, tickets, seconds);
        }

        return true;
    }

    private static bool IsBefore(in Due one, in Due other) => one.At.Clock != other.At.Clock
        ? one.At.Clock == ChaosClock.Tickets
        : (one.At.Value, one.Order).CompareTo((other.At.Value, other.Order)) < 0;

    private static double NowOf(ChaosClock clock, long tickets, double seconds) => clock == ChaosClock.Tickets ? tickets : seconds;

    private ChaosStep StepOf(in Due due, IReadOnlyList<ChaosSilo> silos, int coordinator)
    {
        ChaosEvent one = _script.Events[due.Event];
        double factor = due.Kind == ChaosEventKind.Slow && !due.IsUndoing ? one.Factor : 1;
        double deadline = due.Kind == ChaosEventKind.Leave && one.Deadline is { } given ? given.Value : double.NaN;
        var step = new ChaosStep(due.Event, due.Kind, -1, factor, deadline, due.IsUndoing, null);
        if (due.Kind == ChaosEventKind.Join)
        {
            int wanted = due.Silo.Kind == ChaosTargetKind.Silo ? due.Silo.Index : LowestFree(silos);
            return silos.Any(silo => silo.Index == wanted)
                ? step with { Skipped = $"silo {wanted} is up" }
                : step with { Silo = wanted };
        }

        bool ofPartitioned = due.Kind == ChaosEventKind.Heal;
        int[] eligible = [.. silos.Where(silo => silo.IsPartitioned == ofPartitioned).Select(silo => silo.Index)];
        if (due.Kind is ChaosEventKind.Leave or ChaosEventKind.Kill or ChaosEventKind.Partition && eligible.Length <= SilosLeftMin)
        {
            return step with { Skipped = $"{eligible.Length} silo is up, and one has to stay" };
        }

        // An event draws the same whatever the others drew or skipped.
        var random = new SeededRandom(_script.Seed, (ulong)due.Event);
        return due.Silo.Find(eligible, coordinator, random) is { } silo
            ? step with { Silo = silo }
            : step with { Skipped = $"no {(ofPartitioned ? "partitioned " : "")}silo is {due.Silo}" };
    }

    // A number that is going to be used again by who had it before is not free.
    private int LowestFree(IReadOnlyList<ChaosSilo> silos)
    {
        int free = 0;
        while (silos.Any(silo => silo.Index == free) || _waiting.Exists(due => due is { IsUndoing: true, Kind: ChaosEventKind.Join } && due.Silo.Index == free))
        {
            free++;
        }

        return free;
    }

    private void Remember(in Due due, in ChaosStep step, long tickets, double seconds)
    {
        ChaosEvent one = _script.Events[due.Event];
        ChaosTime at = due.At.Clock == ChaosClock.Tickets ? ChaosTime.OfTickets(tickets) : ChaosTime.OfSeconds(Math.Round(seconds, 3));
        _done.Add(new ChaosEvent(at, step.Kind, ChaosTarget.Silo(step.Silo))
        {
            Factor = step.Factor,
            Deadline = step.Kind == ChaosEventKind.Leave ? one.Deadline : null,
        });
    }

    private void Undo(in Due due, in ChaosStep step, long tickets, double seconds)
    {
        if (due.IsUndoing && step.Kind == ChaosEventKind.Heal)
        {
            // Healed, it stopped; it comes again at once.
            _waiting.Add(new Due(due.At, _order++, due.Event, ChaosEventKind.Join, ChaosTarget.Silo(step.Silo), IsUndoing: true));
            return;
        }

        if (due.IsUndoing || _script.Events[due.Event].UndoneAfter is not { } after)
        {
            return;
        }

        ChaosEventKind undoing = step.Kind switch
        {
            ChaosEventKind.Join => ChaosEventKind.Leave,
            ChaosEventKind.Slow => ChaosEventKind.Slow,
            ChaosEventKind.Partition => ChaosEventKind.Heal,
            _ => ChaosEventKind.Join,
        };

        // Tickets count from where the event stood in the script, so that a late look at the run moves nothing.
        double from = after.Clock == ChaosClock.Tickets && due.At.Clock == ChaosClock.Tickets
            ? due.At.Value
            : NowOf(after.Clock, tickets, seconds);
        _waiting.Add(new Due(
            new ChaosTime(after.Clock, from + after.Value), _order++, due.Event, undoing, ChaosTarget.Silo(step.Silo), IsUndoing: true));
    }

    private readonly record struct Due(ChaosTime At, int Order, int Event, ChaosEventKind Kind, ChaosTarget Silo, bool IsUndoing);
}
