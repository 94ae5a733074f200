namespace OrleansSgd.Core.Membership;

/// <summary>Where the keeper of a worker goes: on any silo but the worker's own, spread by number.</summary>
public static class KeeperPlacement
{
    /// <summary>The silo for a worker's keeper; null when there is no other silo.</summary>
    /// <param name="worker">Number of the worker.</param>
    /// <param name="home">The worker's silo.</param>
    /// <param name="silos">Silos that take new members, sorted.</param>
    public static string? Choose(int worker, string home, IReadOnlyList<string> silos)
    {
        ArgumentNullException.ThrowIfNull(silos);
        string[] others = [.. silos.Where(silo => silo != home)];
        return others.Length == 0 ? null : others[worker % others.Length];
    }
}
