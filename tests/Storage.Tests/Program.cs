using OrleansSgd.Core.Checkpoints;
using OrleansSgd.Storage.Files;

namespace OrleansSgd.Storage.Tests;

/// <summary>The second process of <see cref="Files.TwoProcessTests"/>: claims a job, says so, and holds the claim until its input ends.</summary>
internal static class Program
{
    /// <summary>Said once the job is claimed.</summary>
    public const string Claimed = "claimed";

    private static async Task<int> Main(string[] arguments)
    {
        FileCheckpointStore store = new(arguments[0]);
        try
        {
            StoreClaim claim = await store.ClaimAsync(arguments[1], CancellationToken.None);
            await Console.Out.WriteLineAsync($"{Claimed} {claim.Generation}");
            _ = await Console.In.ReadToEndAsync();
            return 0;
        }
        catch (CheckpointStoreException error)
        {
            await Console.Out.WriteLineAsync(error.Trouble.ToString());
            return 1;
        }
    }
}
