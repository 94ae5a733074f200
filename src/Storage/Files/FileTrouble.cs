using OrleansSgd.Core.Checkpoints;

namespace OrleansSgd.Storage.Files;

/// <summary>What an error of the file system means for a store, and what to do about it.</summary>
internal static class FileTrouble
{
    // Numbers of Linux; those that macOS numbers otherwise come out as "gone", which is waited for too.
    private const int NoEntry = 2;
    private const int NoAccess = 13;
    private const int TooLarge = 27;
    private const int NoSpace = 28;
    private const int ReadOnlyFileSystem = 30;
    private const int NotPermitted = 1;
    private const int Quota = 122;
    private const int WindowsWriteProtect = 19;
    private const int WindowsHandleFull = 39;
    private const int WindowsFull = 112;
    private const int WindowsMask = 0xFFFF;

    /// <summary>The error as the store says it.</summary>
    /// <param name="address">Where the store is.</param>
    /// <param name="what">What was under way: "publishing checkpoint 3 of job 'x'".</param>
    /// <param name="root">The store's folder.</param>
    public static CheckpointStoreException Of(string address, string what, string root, Exception error)
    {
        (StoreTrouble trouble, string remedy) = Kind(error, root) switch
        {
            StoreTrouble.Full => (StoreTrouble.Full, "no room is left; free some, or raise the quota, and it goes on"),
            StoreTrouble.ReadOnly => (StoreTrouble.ReadOnly, $"'{Environment.UserName}' may read {root} but not write there; allow it, or name another folder"),
            StoreTrouble.Denied => (StoreTrouble.Denied, $"'{Environment.UserName}' may not use {root}; allow it, or name another folder"),
            StoreTrouble other => (other, $"a folder or file below {root} is not there or cannot be reached; bring it back, or name another folder"),
        };
        return new(trouble, $"{address}: {what} failed: {remedy} ({error.Message.TrimEnd('.')}).", error);
    }

    /// <summary>An errno as the exception that .NET's own file calls would make of it.</summary>
    public static Exception OfErrno(int errno, string path, string message) => errno switch
    {
        NoEntry => new DirectoryNotFoundException($"{message}: '{path}'"),
        NoAccess or NotPermitted => new UnauthorizedAccessException($"{message}: '{path}'"),
        _ => new IOException($"{message}: '{path}'", errno),
    };

    private static StoreTrouble Kind(Exception error, string root)
    {
        if (error is UnauthorizedAccessException)
        {
            return CanRead(root) ? StoreTrouble.ReadOnly : StoreTrouble.Denied;
        }

        int number = OperatingSystem.IsWindows() ? error.HResult & WindowsMask : error.HResult;
        return OperatingSystem.IsWindows()
            ? number switch
            {
                WindowsFull or WindowsHandleFull => StoreTrouble.Full,
                WindowsWriteProtect => StoreTrouble.ReadOnly,
                _ => StoreTrouble.Gone,
            }
            : number switch
            {
                NoSpace or Quota or TooLarge => StoreTrouble.Full,
                ReadOnlyFileSystem => StoreTrouble.ReadOnly,
                _ => StoreTrouble.Gone,
            };
    }

    private static bool CanRead(string root)
    {
        try
        {
            using IEnumerator<string> entries = Directory.EnumerateFileSystemEntries(root).GetEnumerator();
            _ = entries.MoveNext();
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
