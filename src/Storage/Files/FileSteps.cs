using Microsoft.Win32.SafeHandles;

namespace OrleansSgd.Storage.Files;

/// <summary>The steps that change a folder, one call each, so that a test can stop, fail or undo them one by one.</summary>
internal class FileSteps
{
    /// <summary>Makes one folder; nothing when it is there.</summary>
    public virtual void MakeFolder(string path) => Directory.CreateDirectory(path);

    /// <summary>Makes a file that was not there; false when it was, also when another process made it just now.</summary>
    public virtual bool TryCreate(string path, ReadOnlySpan<byte> bytes)
    {
        try
        {
            using SafeFileHandle file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
            RandomAccess.Write(file, bytes, 0);
            Flush(file, path);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
    }

    /// <summary>Writes a whole file and makes its bytes durable, though not its name.</summary>
    public virtual void Write(string path, ReadOnlySpan<byte> bytes)
    {
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        RandomAccess.Write(file, bytes, 0);
        Flush(file, path);
    }

    /// <summary>Makes the bytes of a file durable.</summary>
    public virtual void Flush(SafeFileHandle file, string path) => RandomAccess.FlushToDisk(file);

    /// <summary>Makes the names in a folder durable.</summary>
    public virtual void FlushFolder(string path) => FolderSync.Flush(path);

    /// <summary>Gives a file another name, in place of what had it; others see the old file or the new one, never a part.</summary>
    public virtual void Move(string from, string to) => File.Move(from, to, overwrite: true);

    /// <summary>Gives a folder another name.</summary>
    public virtual void MoveFolder(string from, string to) => Directory.Move(from, to);

    /// <summary>Deletes a file; nothing when it is not there.</summary>
    public virtual void Delete(string path) => File.Delete(path);

    /// <summary>Deletes a folder if it is empty.</summary>
    public virtual void DeleteFolder(string path)
    {
        if (!Directory.EnumerateFileSystemEntries(path).Any())
        {
            Directory.Delete(path);
        }
    }
}
