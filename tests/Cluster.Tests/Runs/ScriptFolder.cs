using System.Diagnostics;

namespace OrleansSgd.Cluster.Tests.Runs;

/// <summary>A folder for TorchScript files that PyTorch writes.</summary>
internal sealed class ScriptFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("script-").FullName;

    /// <summary>Runs a Python program whose argument is the file to write.</summary>
    /// <returns>Path of the file.</returns>
    public string Write(string name, string program)
    {
        string source = Path.Combine(_path, name + ".py");
        string file = Path.Combine(_path, name);
        File.WriteAllText(source, program);
        using Process python = Process.Start("/usr/bin/python3", ["-B", source, file]);
        python.WaitForExit();
        return python.ExitCode == 0 ? file
            : throw new InvalidOperationException("python3 failed: its error stands above. This test needs the package python3-torch.");
    }

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
