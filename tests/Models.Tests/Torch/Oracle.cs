using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace OrleansSgd.Models.Tests.Torch;

/// <summary>PyTorch in a process of its own, asked by lines of JSON: python/oracle.py.</summary>
public sealed class Oracle : IDisposable
{
    private readonly Process _python;

    public Oracle()
    {
        string script = Path.Combine(AppContext.BaseDirectory, "python", "oracle.py");
        _python = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-B", script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
    }

    /// <summary>One answer to one question; the first takes as long as Python needs to load PyTorch.</summary>
    internal JsonObject Ask(JsonObject request)
    {
        lock (_python)
        {
            _python.StandardInput.WriteLine(request.ToJsonString());
            _python.StandardInput.Flush();
            string answer = _python.StandardOutput.ReadLine()
                ?? throw new InvalidOperationException(
                    "python3 gave no answer: its error stands above. These tests need the packages python3-torch and python3-numpy.");
            JsonObject parsed = JsonNode.Parse(answer)!.AsObject();
            return parsed["error"] is { } error ? throw new InvalidOperationException($"python/oracle.py failed: {error}") : parsed;
        }
    }

    /// <summary>Writes a TorchScript file and says where.</summary>
    internal string Script(string name, TempFolder folder)
    {
        string path = folder[$"{name}.pt"];
        Ask(new JsonObject { ["do"] = "script", ["name"] = name, ["path"] = path });
        return path;
    }

    internal static string Encode(ReadOnlySpan<float> values) => Convert.ToBase64String(MemoryMarshal.AsBytes(values));

    internal static float[] Decode(JsonNode? text) => MemoryMarshal.Cast<byte, float>(Convert.FromBase64String(text!.GetValue<string>())).ToArray();

    public void Dispose()
    {
        _python.StandardInput.Close();
        _python.WaitForExit();
        _python.Dispose();
    }
}

/// <summary>The classes that share one <see cref="Oracle"/>.</summary>
[CollectionDefinition(nameof(WithOracle))]
public sealed class WithOracle : ICollectionFixture<Oracle>;
