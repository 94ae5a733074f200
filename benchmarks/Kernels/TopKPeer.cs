using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace OrleansSgd.Benchmarks.Kernels;

/// <summary>benchmarks/peers/topk.py as a process that waits to be asked, so that both sides are measured in turn.</summary>
internal sealed class TopKPeer : IDisposable
{
    private const string Script = "benchmarks/peers/topk.py";
    private readonly Process _process;

    private TopKPeer(Process process, string name)
    {
        _process = process;
        Name = name;
    }

    /// <summary>What it says it is: library, version and threads.</summary>
    public string Name { get; }

    /// <summary>Starts it.</summary>
    /// <param name="reason">Why it could not be started, with the remedy.</param>
    public static TopKPeer? TryStart(out string reason)
    {
        string? root = AppContext.BaseDirectory;
        while (root is not null && !File.Exists(Path.Combine(root, Script)))
        {
            root = Path.GetDirectoryName(root);
        }

        if (root is null)
        {
            reason = $"{Script} is not above {AppContext.BaseDirectory}; run from a checkout.";
            return null;
        }

        try
        {
            Process process = Process.Start(new ProcessStartInfo("/usr/bin/python3", [Path.Combine(root, Script), "--serve"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            })!;
            string? name = process.StandardOutput.ReadLine();
            reason = name is null ? $"{Script} ended before its first line; run benchmarks/peers/setup.sh." : "";
            return name is null ? null : new TopKPeer(process, name);
        }
        catch (Win32Exception error)
        {
            reason = $"/usr/bin/python3 cannot be started ({error.Message}); run benchmarks/peers/setup.sh.";
            return null;
        }
    }

    /// <summary>Milliseconds of one call, after one that is not counted.</summary>
    /// <exception cref="InvalidOperationException">It ended, or said something else.</exception>
    public double Measure(int length, int count)
    {
        _process.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{length} {count}"));
        string? answer = _process.StandardOutput.ReadLine();
        return double.TryParse(answer, CultureInfo.InvariantCulture, out double milliseconds)
            ? milliseconds
            : throw new InvalidOperationException($"{Script} was asked for the {count} largest of {length} and answered '{answer}'.");
    }

    public void Dispose()
    {
        // The end of its input ends it.
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
