namespace OrleansSgd.Data.Files;

/// <summary>Opens data files, plain or gzip; gzip is known by its first two bytes, not by the file's name.</summary>
internal static class DataFile
{
    private const int BufferSize = 1 << 16;

    /// <summary>Opens a file for one pass from start to end. The caller disposes the stream.</summary>
    /// <param name="path">Full path.</param>
    /// <param name="remedy">What to do when the file is missing: a sentence.</param>
    /// <exception cref="FileNotFoundException">There is no such file, or it is a folder.</exception>
    /// <exception cref="IOException">The file may not be read.</exception>
    public static Stream OpenRead(string path, string remedy)
    {
        if (Directory.Exists(path))
        {
            throw new FileNotFoundException($"Data file {path} is a folder. {remedy}", path);
        }

        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferSize);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FileNotFoundException($"Data file {path} does not exist. {remedy}", path, error);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException($"Data file {path} may not be read by this user. Change its permissions.", error);
        }

        try
        {
            return Plain(file, path);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The uncompressed bytes of a seekable stream at its start; disposing the result disposes the stream.</summary>
    internal static Stream Plain(Stream file, string name)
    {
        Span<byte> magic = stackalloc byte[2];
        int size = file.ReadAtLeast(magic, 2, throwOnEndOfStream: false);
        file.Position = 0;
        return size == 2 && magic[0] == 0x1F && magic[1] == 0x8B ? new GzipSource(file, name) : file;
    }
}
