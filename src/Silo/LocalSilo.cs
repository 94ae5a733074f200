namespace OrleansSgd.Silo;

/// <summary>One silo of a <see cref="LocalGrid"/>, as it is at the moment.</summary>
/// <param name="Index">Its number. A silo that comes after another has gone may have the same.</param>
/// <param name="Name">Its name, the same for all silos of one number.</param>
/// <param name="Address">The address of this life of it, as <c>JobEvent.Silo</c> has it.</param>
/// <param name="State">Where it is in its life.</param>
public sealed record LocalSilo(int Index, string Name, string Address, LocalSiloState State);

/// <summary>Where a silo is in its life.</summary>
public enum LocalSiloState
{
    /// <summary>Takes part.</summary>
    Active = 0,

    /// <summary>Hands over what it hosts, and then stops.</summary>
    Leaving = 1,

    /// <summary>Thought dead by the others, without knowing it.</summary>
    Partitioned = 2,
}
