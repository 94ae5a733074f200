using System.Diagnostics;
using System.Text.Json;

namespace OrleansSgd.Torch.Tests.NN;

/// <summary>Runs a script of the folder python beside the tests and reads the JSON that it prints.</summary>
internal static class PythonTorch
{
    public static JsonDocument Run(string script, params string[] arguments)
    {
        // Debian's packages belong to this interpreter, whichever comes first in the path.
        var start = new ProcessStartInfo("/usr/bin/python3", ["-B", Path.Combine(AppContext.BaseDirectory, "python", script), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["OMP_NUM_THREADS"] = "1" },
        };
        using var python = Process.Start(start)!;
        var errors = python.StandardError.ReadToEndAsync();
        var answer = python.StandardOutput.ReadToEnd();
        python.WaitForExit();
        if (python.ExitCode != 0)
        {
            throw new InvalidOperationException(
                $"{script} ended with {python.ExitCode}; these tests need the packages python3-torch and python3-numpy. "
                + $"It said: {errors.GetAwaiter().GetResult()}");
        }

        return JsonDocument.Parse(answer);
    }

    /// <summary>A list of numbers, or of lists of numbers, as one array.</summary>
    public static float[] Numbers(this JsonElement element) => [.. element.EnumerateArray().Select(number => (float)number.GetDouble())];
}
