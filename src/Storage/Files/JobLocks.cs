namespace OrleansSgd.Storage.Files;

/// <summary>Which jobs this process has claimed, each held by a lock of the operating system.</summary>
/// <remarks>
/// The lock says that the process is alive without a heartbeat: the system frees it when the process ends, also by kill -9. It keeps two grids off one store;
/// it is not what fences an old life, the life's folder is. Within a process claims pass freely from one coordinator to the next.
/// </remarks>
internal static class JobLocks
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, Hold> Holds = new(StringComparer.Ordinal);

    /// <summary>Takes the lock, or finds that this process has it.</summary>
    /// <param name="path">The lock's file, as a full path.</param>
    /// <returns>False when another process has it.</returns>
    public static bool TryTake(string path)
    {
        lock (Gate)
        {
            if (Holds.ContainsKey(path))
            {
                return true;
            }

            try
            {
                Holds[path] = new(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
                return true;
            }
            catch (IOException) when (File.Exists(path))
            {
                return false;
            }
        }
    }

    /// <summary>Notes which generation was claimed under the lock.</summary>
    public static void Note(string path, long generation)
    {
        lock (Gate)
        {
            if (Holds.TryGetValue(path, out Hold? hold))
            {
                hold.Generation = Math.Max(hold.Generation, generation);
            }
        }
    }

    /// <summary>The newest generation that this process claimed and still holds; 0 for none.</summary>
    public static long GenerationOf(string path)
    {
        lock (Gate)
        {
            return Holds.TryGetValue(path, out Hold? hold) ? hold.Generation : 0;
        }
    }

    /// <summary>Lets go of the lock, unless a newer claim of this process needs it.</summary>
    public static void Release(string path, long generation)
    {
        lock (Gate)
        {
            if (Holds.TryGetValue(path, out Hold? hold) && generation >= hold.Generation)
            {
                Holds.Remove(path);
                hold.File.Dispose();
            }
        }
    }

    private sealed class Hold(FileStream file)
    {
        public FileStream File => file;

        public long Generation { get; set; }
    }
}
