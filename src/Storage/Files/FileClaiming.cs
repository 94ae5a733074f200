using System.Security.Cryptography;
using System.Text;
using OrleansSgd.Core.Checkpoints;
using OrleansSgd.Storage.Layout;

namespace OrleansSgd.Storage.Files;

/// <summary>How a job is taken over: a lock against other processes, a new generation, and every older life's folder closed.</summary>
internal sealed class FileClaiming(string address, string root, JobFolder folder, FileSteps steps)
{
    // Two coordinators of one process at a time are already one too many; more rounds than this mean that claims do not stay.
    private const int RaceMax = 100;

    /// <summary>Says that the folder of a job that this process has claimed was taken away, if it was.</summary>
    public static void ThrowIfGone(string address, JobFolder folder)
    {
        long claimed = JobLocks.GenerationOf(folder.Lock);
        if (claimed > 0 && folder.GenerationNow() < claimed)
        {
            throw new CheckpointStoreException(
                StoreTrouble.Gone,
                $"{address}: {folder.Path} was removed or emptied while job '{folder.Job}' was running; its claim {claimed} is not there. " +
                "Bring the folder back; to begin anew without it, end this process first.");
        }
    }

    /// <summary>Takes the job over.</summary>
    public StoreClaim Claim()
    {
        ThrowIfGone(address, folder);
        MakeFolders();
        if (!JobLocks.TryTake(folder.Lock))
        {
            throw Held();
        }

        try
        {
            StoreClaim claim = Reserve();
            CloseOlder(claim.Generation);
            Open(claim.Generation);
            if (folder.GenerationNow() is var now && now > claim.Generation)
            {
                throw StoreSentences.Outclaimed(address, claim, $"life {now} has claimed the job at the same time");
            }

            JobLocks.Note(folder.Lock, claim.Generation);
            ForgetOlder(claim.Generation);
            return claim;
        }
        catch
        {
            // Without a claim the lock would only keep others away. A claim that this process had before keeps it.
            JobLocks.Release(folder.Lock, 0);
            throw;
        }
    }

    private void MakeFolders()
    {
        Make(root, Path.GetDirectoryName(root));
        Make(folder.Path, root);
        foreach (string one in (string[])[folder.Claims, folder.Lives, folder.Parts])
        {
            Make(one, folder.Path);
        }
    }

    private void Make(string path, string? parent)
    {
        if (!Directory.Exists(path))
        {
            steps.MakeFolder(path);
            if (parent is not null)
            {
                steps.FlushFolder(parent);
            }
        }
    }

    private StoreClaim Reserve()
    {
        for (int i = 0; i < RaceMax; i++)
        {
            long generation = folder.GenerationNow() + 1;
            StoreClaim claim = new(folder.Job, generation, RandomNumberGenerator.GetHexString(32, lowercase: true));
            string text = $"{claim.Token}\nprocess {Environment.ProcessId} on {Environment.MachineName}\n";
            if (steps.TryCreate(folder.ClaimOf(generation), Encoding.UTF8.GetBytes(text)))
            {
                steps.FlushFolder(folder.Claims);
                return claim;
            }
        }

        throw new IOException($"{RaceMax} claims in a row were taken by somebody else in {folder.Claims}");
    }

    private void CloseOlder(long generation)
    {
        foreach (long older in folder.OpenLives().Where(life => life < generation).ToArray())
        {
            try
            {
                steps.MoveFolder(folder.OpenLife(older), folder.ClosedLife(older));
            }
            catch (DirectoryNotFoundException) when (Directory.Exists(folder.ClosedLife(older)))
            {
                // Another claim closed it just now.
            }
        }

        steps.FlushFolder(folder.Lives);
    }

    private void Open(long generation)
    {
        steps.MakeFolder(folder.OpenLife(generation));
        steps.FlushFolder(folder.Lives);
        steps.MakeFolder(folder.PartsOf(generation));
        steps.FlushFolder(folder.Parts);
    }

    private void ForgetOlder(long generation)
    {
        foreach (long older in folder.ClaimsNow().Where(one => one < generation).ToArray())
        {
            steps.Delete(folder.ClaimOf(older));
        }
    }

    private CheckpointStoreException Held()
    {
        string holder = folder.GenerationNow() is var now and > 0 && File.Exists(folder.ClaimOf(now))
            ? File.ReadLines(folder.ClaimOf(now)).Skip(1).FirstOrDefault() ?? "another process"
            : "another process";
        return new(
            StoreTrouble.Held,
            $"{address}: job '{folder.Job}' is claimed by {holder}, which still runs: two grids share this store. End the other one, or name another store.");
    }
}
