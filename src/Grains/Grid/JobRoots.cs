using OrleansSgd.Data;
using OrleansSgd.Grains.Jobs;

namespace OrleansSgd.Grains.Grid;

/// <summary>Folders outside of which the jobs that somebody submits can read nothing: samples, TorchScript modules, parameters to start from.</summary>
internal static class JobRoots
{
    // As many as Linux itself follows on one path.
    private const int LinksMax = 40;

    /// <summary>What a job would read elsewhere, one sentence each.</summary>
    /// <param name="roots">Empty for no limit.</param>
    /// <param name="dataFolder">Where relative paths of data begin; those of models begin at the working directory.</param>
    /// <param name="isBegun">True for a run that has parameters already: the file it started from is not read again.</param>
    public static IEnumerable<string> Mistakes(JobPlan job, IReadOnlyList<string> roots, string dataFolder, bool isBegun = false)
    {
        if (roots.Count == 0)
        {
            yield break;
        }

        string[] allowed = [.. roots.Select(root => Final(Path.GetFullPath(root))).OfType<string>()];
        string?[] ofModel = [job.Model.Path, isBegun ? null : job.Model.Start];
        foreach (string path in DataCatalog.FilesOf(job.Data, dataFolder).Concat(ofModel.OfType<string>()))
        {
            if (!IsPath(path))
            {
                yield return "The job would read a file whose path is empty or has a zero character; correct the path.";
            }
            else if (!WaysOf(path).All(way => Final(way) is { } final && allowed.Any(root => IsInside(final, root))))
            {
                yield return $"The job would read {Path.GetFullPath(path)}, which is outside the folders that jobs may read; "
                    + "put it there, or have the folder added to jobRoots.";
            }
        }
    }

    private static bool IsPath(string path) => path.Length > 0 && !path.Contains('\0', StringComparison.Ordinal);

    // Behind a link, '..' is somewhere else for the operating system than in the text. The runtime opens what the text says, libtorch the other.
    private static string[] WaysOf(string path) => [Path.GetFullPath(path), Path.Combine(Environment.CurrentDirectory, path)];

    private static bool IsInside(string path, string root) => path == root
        || path.StartsWith(root.EndsWith(Path.DirectorySeparatorChar) ? root : root + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    // Where a path leads once all links on it are followed; a part that does not exist leads nowhere else. Null when nobody can say.
    private static string? Final(string path)
    {
        string here = Path.GetPathRoot(path)!;
        var left = new Stack<string>(PartsOf(path));
        int links = 0;
        while (left.TryPop(out string? part))
        {
            if (part == "..")
            {
                here = Path.GetDirectoryName(here) ?? here;
                continue;
            }

            string next = Path.Combine(here, part);
            if (!TryFollow(next, out string? target) || (target is not null && ++links > LinksMax))
            {
                return null; // links in a ring would lead round for ever
            }

            here = target is null ? next : Path.IsPathRooted(target) ? Path.GetPathRoot(target)! : here;
            foreach (string more in target is null ? [] : PartsOf(target))
            {
                left.Push(more);
            }
        }

        return here;
    }

    // The last first, as a stack takes them.
    private static IEnumerable<string> PartsOf(string path) => path[(Path.GetPathRoot(path)?.Length ?? 0)..]
        .Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries)
        .Where(part => part != ".").Reverse();

    private static bool TryFollow(string path, out string? target)
    {
        try
        {
            target = new FileInfo(path).LinkTarget;
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            target = null;
            return false;
        }
    }
}
