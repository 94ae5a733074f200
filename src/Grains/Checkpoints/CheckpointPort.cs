using OrleansSgd.Core.Checkpoints;

namespace OrleansSgd.Grains.Checkpoints;

/// <summary>The store of a silo's grains.</summary>
/// <param name="Store">Null where none is configured: then nothing outlives the silo that has it.</param>
public sealed record CheckpointPort(ICheckpointStore? Store);
