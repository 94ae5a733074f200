using System.Runtime.InteropServices;

namespace OrleansSgd.Storage.Files;

/// <summary>Makes names durable: a file's fsync saves its bytes, but the name that leads to it stands in the folder.</summary>
/// <remarks>
/// Without it a power cut may undo a rename whose caller was told that it is done. .NET opens no folders, hence the three calls of the C library. Windows
/// journals names by itself and has no such call.
/// </remarks>
internal static partial class FolderSync
{
    private const int ReadOnly = 0;
    private const int ErrorInterrupted = 4;

    /// <summary>Returns when every name in the folder is on the disk.</summary>
    /// <exception cref="IOException">It is not; <see cref="Exception.HResult"/> is the errno.</exception>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int descriptor = Retry(() => Open(folder, ReadOnly));
        try
        {
            _ = Retry(() => Sync(descriptor));
        }
        finally
        {
            _ = Close(descriptor);
        }

        int Retry(Func<int> call)
        {
            while (true)
            {
                int answer = call();
                if (answer >= 0)
                {
                    return answer;
                }

                int error = Marshal.GetLastPInvokeError();
                if (error != ErrorInterrupted)
                {
                    throw FileTrouble.OfErrno(error, folder, Marshal.GetPInvokeErrorMessage(error));
                }
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
