using System.Globalization;
using OrleansSgd.Core.Randomness;

namespace OrleansSgd.Core.Chaos;

/// <summary>Which silo an event means: one by its number, or one that is chosen when the event comes.</summary>
/// <param name="Kind">How it is found.</param>
/// <param name="Index">Its number, 0 and up, when it has one.</param>
public readonly record struct ChaosTarget(ChaosTargetKind Kind, int Index = 0)
{
    /// <summary>How it is written, for error messages.</summary>
    public const string Wanted = "a silo's number, random, member or coordinator";

    /// <summary>Any silo.</summary>
    public static ChaosTarget Random { get; } = new(ChaosTargetKind.Random);

    /// <summary>Any silo but the coordinator's.</summary>
    public static ChaosTarget Member { get; } = new(ChaosTargetKind.Member);

    /// <summary>The coordinator's silo.</summary>
    public static ChaosTarget Coordinator { get; } = new(ChaosTargetKind.Coordinator);

    /// <summary>The silo of that number.</summary>
    public static ChaosTarget Silo(int index) => new(ChaosTargetKind.Silo, index);

    /// <summary>Reads a number or one of the words; false when the text is neither.</summary>
    public static bool TryParse(string text, out ChaosTarget target)
    {
        (ChaosTarget found, bool isRead) = text switch
        {
            "random" => (Random, true),
            "member" => (Member, true),
            "coordinator" => (Coordinator, true),
            _ => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int index) ? (Silo(index), true) : (default, false),
        };
        target = found;
        return isRead;
    }

    /// <summary>The silo that is meant.</summary>
    /// <param name="eligible">Numbers of the silos that the event could happen to, ascending.</param>
    /// <param name="coordinator">The coordinator's silo; −1 when nobody knows.</param>
    /// <param name="random">Draws; used only where something is to be drawn.</param>
    /// <returns>Its number; null when no such silo is eligible.</returns>
    public int? Find(IReadOnlyList<int> eligible, int coordinator, SeededRandom random)
    {
        ArgumentNullException.ThrowIfNull(eligible);
        ArgumentNullException.ThrowIfNull(random);
        switch (Kind)
        {
            case ChaosTargetKind.Silo:
                return eligible.Contains(Index) ? Index : null;
            case ChaosTargetKind.Coordinator:
                return eligible.Contains(coordinator) ? coordinator : null;
            case ChaosTargetKind.Member:
                int[] members = [.. eligible.Where(silo => silo != coordinator)];
                return members.Length == 0 ? null : members[random.NextInt(members.Length)];
            default:
                return eligible.Count == 0 ? null : eligible[random.NextInt(eligible.Count)];
        }
    }

    /// <summary>As <see cref="TryParse"/> reads it.</summary>
    public override string ToString() => Kind switch
    {
        ChaosTargetKind.Silo => Index.ToString(CultureInfo.InvariantCulture),
        ChaosTargetKind.Member => "member",
        ChaosTargetKind.Coordinator => "coordinator",
        _ => "random",
    };
}

/// <summary>How the silo of an event is found.</summary>
public enum ChaosTargetKind
{
    /// <summary>Drawn from all.</summary>
    Random = 0,

    /// <summary>Drawn from all but the coordinator's.</summary>
    Member = 1,

    /// <summary>The one that hosts the job's coordinator.</summary>
    Coordinator = 2,

    /// <summary>The one of a given number.</summary>
    Silo = 3,
}
