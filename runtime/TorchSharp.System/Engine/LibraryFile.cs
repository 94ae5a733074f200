using System.Runtime.InteropServices;

namespace TorchSharp.Engine;

/// <summary>Where libgridtorch.so lies, and what to do when it does not.</summary>
internal static class LibraryFile
{
    private const string FileName = "libgridtorch.so";

    private static readonly Lazy<nint> Loaded = new(() => LoadFirst([.. Places().Distinct()]));

    /// <exception cref="NotSupportedException">It is in none of the places, or it cannot be loaded.</exception>
    public static nint Load() => Loaded.Value;

    /// <summary>Loads the first file there is.</summary>
    internal static nint LoadFirst(IReadOnlyList<string> places)
    {
        if (places.FirstOrDefault(File.Exists) is not { } path)
        {
            throw new NotSupportedException(
                $"libtorch cannot be used: {FileName} is in none of {string.Join(", ", places)}. ./grid builds it where libtorch is "
                + "installed (Debian: apt-get install libtorch-dev libopenblas0-openmp cmake g++).");
        }

        try
        {
            return NativeLibrary.Load(path);
        }
        catch (DllNotFoundException e)
        {
            throw new NotSupportedException(
                $"libtorch cannot be used: {path} does not load ({e.Message.Trim()}). Install libtorch again, remove the file, and let "
                + "./grid build it anew.", e);
        }
    }

    /// <summary>Best first: what the environment says, next to the program, then where ./grid builds it.</summary>
    private static IEnumerable<string> Places()
    {
        if (Environment.GetEnvironmentVariable("GRID_TORCH_LIBRARY") is { Length: > 0 } chosen)
        {
            // Who names a file wants that one and no other.
            yield return chosen;
            yield break;
        }

        yield return Path.Combine(AppContext.BaseDirectory, FileName);
        if (Environment.GetEnvironmentVariable("GRID_HOME") is { Length: > 0 } home)
        {
            yield return Path.Combine(home, "artifacts", "torch", FileName);
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var built = Path.Combine(folder.FullName, "artifacts", "torch");
            if (Directory.Exists(built))
            {
                yield return Path.Combine(built, FileName);
                yield break;
            }
        }
    }
}
