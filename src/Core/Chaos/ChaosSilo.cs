namespace OrleansSgd.Core.Chaos;

/// <summary>A silo as the player sees it at the moment of an event.</summary>
/// <param name="Index">Its number.</param>
/// <param name="IsPartitioned">True when the others think it dead.</param>
public readonly record struct ChaosSilo(int Index, bool IsPartitioned = false);
