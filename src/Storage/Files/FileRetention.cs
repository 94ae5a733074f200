using OrleansSgd.Core.Checkpoints;
using OrleansSgd.Storage.Layout;

namespace OrleansSgd.Storage.Files;

/// <summary>Lets go of what <see cref="Retention"/> says, in a job's folder.</summary>
internal sealed class FileRetention(JobFolder folder, FileSteps steps)
{
    /// <summary>Deletes manifests and parts that are not needed any more.</summary>
    /// <remarks>The checkpoint counts already when this is called, so a file that cannot be deleted is left for the next time.</remarks>
    public void Retain(int keep, long generation)
    {
        try
        {
            (ManifestOrder Order, string File)[] files = folder.Manifests();
            Retention plan = Retention.Plan([.. files.Select(Describe)], folder.PartsNow(), keep, generation);
            foreach ((_, string file) in files.Where(one => plan.Manifests.Contains(one.Order)))
            {
                steps.Delete(file);
            }

            foreach (string path in plan.Parts)
            {
                steps.Delete(folder.PartAt(path));
            }

            foreach (string empty in folder.FoldersBefore(generation).ToArray())
            {
                steps.DeleteFolder(empty);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Room is wasted until the next checkpoint tries again; that one tells if the store is in trouble.
        }
    }

    // Cheap: whether the parts are there, with the right lengths. Reading them all at every checkpoint would cost as much as writing them.
    private StoredManifest Describe((ManifestOrder Order, string File) one)
    {
        CheckpointManifest? manifest = ManifestText.Read(File.ReadAllBytes(one.File), folder.Job).Manifest;
        bool isWhole = manifest is not null && manifest.Parts.All(part =>
            new FileInfo(folder.PartAt(part.Path)) is { Exists: true } file && file.Length == part.Length);
        return new(one.Order, File.GetLastWriteTimeUtc(one.File).Ticks, [.. manifest?.Parts.Select(part => part.Path) ?? []], isWhole);
    }
}
