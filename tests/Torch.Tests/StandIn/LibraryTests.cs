using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using TorchSharp.Engine;

namespace OrleansSgd.Torch.Tests.StandIn;

/// <summary>The native library: found or explained, and with everything in it that managed code calls.</summary>
public sealed partial class LibraryTests
{
    [Fact]
    public void Missing_library_says_where_it_was_looked_for_and_what_to_do()
    {
        var error = Assert.Throws<NotSupportedException>(() => LibraryFile.LoadFirst(["/nowhere/libgridtorch.so"]));
        Assert.Contains("/nowhere/libgridtorch.so", error.Message, StringComparison.Ordinal);
        Assert.Contains("apt-get install libtorch-dev", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Library_that_does_not_load_is_no_crash()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "no library");
            var error = Assert.Throws<NotSupportedException>(() => LibraryFile.LoadFirst([path]));
            Assert.Contains(path, error.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Every_function_that_managed_code_calls_is_in_the_library()
    {
        var library = LibraryFile.Load();
        var names = typeof(Native).GetMethods((System.Reflection.BindingFlags)(-1)).Select(method => method.Name)
            .Where(name => name.StartsWith("grid_", StringComparison.Ordinal)).Distinct().ToArray();
        Assert.True(names.Length > 100, $"only {names.Length} functions were found: the search is broken");
        Assert.Equal([], names.Where(name => !NativeLibrary.TryGetExport(library, name, out _)));
    }

    /// <summary>OpenMP's pool and another of OpenBLAS's own would fight over the cores.</summary>
    [Fact]
    public void Matrix_products_and_loops_share_one_pool_of_threads()
    {
        using var x = TorchSharp.torch.ones(64, 64);
        using var y = x.mm(x);
        var loaded = MappedLibrary().Matches(File.ReadAllText("/proc/self/maps")).Select(match => match.Value).Distinct().ToArray();
        Assert.Contains(loaded, path => path.Contains("libgomp", StringComparison.Ordinal));
        Assert.DoesNotContain(loaded, path => path.Contains("openblas-pthread", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"/\S+\.so[.\d]*")]
    private static partial Regex MappedLibrary();
}
