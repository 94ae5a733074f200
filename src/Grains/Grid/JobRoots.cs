using OrleansSgd.Data;
using OrleansSgd.Grains.Jobs;

namespace OrleansSgd.Grains.Grid;

/// <summary>Folders outside of which the jobs that somebody submits can read nothing.</summary>
internal static class JobRoots
{
    /// <summary>What a job would read elsewhere, one sentence each.</summary>
    /// <param name="roots">Empty for no limit.</param>
    /// <param name="dataFolder">Where relative paths begin.</param>
    public static IEnumerable<string> Mistakes(JobPlan job, IReadOnlyList<string> roots, string dataFolder)
    {
        if (roots.Count == 0)
        {
            yield break;
        }

        string[] allowed = [.. roots.Select(Final)];
        foreach (string path in DataCatalog.FilesOf(job.Data, dataFolder))
        {
            string final = Final(path);
            if (!allowed.Any(root => IsInside(final, root)))
            {
                yield return $"The job would read {Path.GetFullPath(path)}, which is outside the folders that jobs may read; put it there, or have the folder added to jobRoots.";
            }
        }
    }

    private static bool IsInside(string path, string root) => path == root
        || path.StartsWith(root.EndsWith(Path.DirectorySeparatorChar) ? root : root + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    // Where a path leads once all links on it are followed. A part that does not exist leads nowhere else.
    private static string Final(string path)
    {
        string full = Path.GetFullPath(path);
        string? parent = Path.GetDirectoryName(full);
        if (parent is null)
        {
            return full;
        }

        string here = Path.Combine(Final(parent), Path.GetFileName(full));
        try
        {
            return new FileInfo(here).ResolveLinkTarget(returnFinalTarget: true)?.FullName is { } target ? Final(target) : here;
        }
        catch (IOException)
        {
            return here; // links in a ring: opening it will fail
        }
    }
}
