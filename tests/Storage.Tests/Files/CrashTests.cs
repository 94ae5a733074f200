using OrleansSgd.Core.Checkpoints;
using OrleansSgd.Storage.Files;

namespace OrleansSgd.Storage.Tests.Files;

/// <summary>Goal: publishing is atomic at every crash point. Method: the power goes after each single step, on three kinds of disk.</summary>
public sealed class CrashTests
{
    // More than the steps of the story below; a story that is longer is noticed.
    private const int StepsMax = 200;

    private static CancellationToken None => CancellationToken.None;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task After_a_crash_at_any_step_the_newest_checkpoint_that_was_said_to_be_published_is_there_and_whole(int loss)
    {
        int steps = 0;
        while (await IsCutAsync(steps, (CrashingFiles.Loss)loss) is { } verdict)
        {
            Assert.True(verdict.Length == 0, $"Power cut after step {steps}: {verdict}");
            steps++;
            Assert.True(steps < StepsMax);
        }

        Assert.True(steps > 30, $"Only {steps} steps were cut; the story is longer.");
    }

    [Fact]
    public async Task A_store_that_forgets_to_flush_a_file_is_caught() =>
        Assert.True(await IsCaughtAsync(CrashingFiles.Loss.Bytes, left => new(left, CrashingFiles.Loss.Bytes) { ForgetsFlush = true }));

    [Fact]
    public async Task A_store_that_forgets_to_flush_a_folder_is_caught() =>
        Assert.True(await IsCaughtAsync(CrashingFiles.Loss.BytesAndNames, left => new(left, CrashingFiles.Loss.BytesAndNames) { ForgetsFolderFlush = true }));

    private static CrashingFiles Calm() => new(int.MaxValue, CrashingFiles.Loss.None);

    private static async Task<bool> IsCaughtAsync(CrashingFiles.Loss loss, Func<int, CrashingFiles> make)
    {
        for (int steps = 0; await IsCutAsync(steps, loss, make) is { } verdict; steps++)
        {
            if (verdict.Length > 0)
            {
                return true;
            }
        }

        return false;
    }

    // What is wrong after a power cut; empty for nothing, null when the story ended before the cut.
    private static async Task<string?> IsCutAsync(int steps, CrashingFiles.Loss loss, Func<int, CrashingFiles>? make = null)
    {
        using TempFolder folder = new();
        FileCheckpointStore calm = new(folder.Path, null, Calm());
        StoreClaim first = await calm.ClaimAsync(Checkpoints.Job, None);
        await Checkpoints.PublishAsync(calm, first, 1);
        await Checkpoints.PublishAsync(calm, first, 2);
        await calm.ReleaseAsync(first, None); // its process ended

        CrashingFiles disk = make is null ? new(steps, loss) : make(steps);
        FileCheckpointStore store = new(folder.Path, null, disk);
        long published = 2;
        long generation = 1;
        bool isOver = false;
        try
        {
            StoreClaim claim = await store.ClaimAsync(Checkpoints.Job, None);
            generation = claim.Generation;
            await Checkpoints.PublishAsync(store, claim, 3);
            published = 3;
            await Checkpoints.PublishAsync(store, claim, 4);
            published = 4;
            isOver = !disk.IsDead; // the power may go while old files are cleared away, which is no part of the promise
        }
        catch (PowerIsOffException)
        {
        }

        disk.CutPower();
        await store.ReleaseAsync(new(Checkpoints.Job, long.MaxValue, ""), None); // its process ended
        string verdict = await VerdictAsync(folder, published, generation);
        return isOver ? null : verdict;
    }

    private static async Task<string> VerdictAsync(TempFolder folder, long published, long generation)
    {
        FileCheckpointStore after = new(folder.Path, null, Calm());
        try
        {
            StoreClaim next = await after.ClaimAsync(Checkpoints.Job, None);
            long newest = await Checkpoints.NewestAsync(after);
            if (newest < published || newest > published + 1)
            {
                return $"checkpoint {published} was published, but {newest} is found.";
            }

            if (next.Generation <= generation)
            {
                return $"life {generation} had claimed, but the next one is {next.Generation}.";
            }

            await Checkpoints.PublishAsync(after, next, newest + 1);
            return await Checkpoints.NewestAsync(after) == newest + 1 ? "" : "the next life cannot publish.";
        }
        catch (CheckpointStoreException error)
        {
            return error.Message;
        }
        finally
        {
            await after.ReleaseAsync(new(Checkpoints.Job, long.MaxValue, ""), None);
        }
    }
}
