using System.ComponentModel;
using System.Diagnostics;

namespace OrleansSgd.Client.Bench;

/// <summary>Runs one measured program as a process of its own.</summary>
/// <param name="limit">After it the program is ended: a hanging peer must not hold up the rest.</param>
internal sealed class BenchProgram(BenchPlaces places, TimeSpan limit, TimeProvider time)
{
    // Left over in a shell for other reasons, they slow one side down and nobody sees why. The peers set them aside too.
    private static readonly string[] Steering = ["ATEN_", "GOMP_", "KMP_", "MALLOC_", "MKL_", "OMP_", "OPENBLAS_", "TCMALLOC_"];

    /// <summary>Runs it to its end.</summary>
    /// <exception cref="OperationCanceledException">It was interrupted; the program has been ended.</exception>
    public async Task<BenchLine> RunAsync(Contender side, CancellationToken interrupted)
    {
        using var late = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(interrupted, late.Token);
        Process process;
        try
        {
            process = Process.Start(Start(side))!;
        }
        catch (Win32Exception error)
        {
            return BenchLine.OfTrouble($"It cannot be started: {error.Message.TrimEnd('.')}.");
        }

        using (process)
        {
            try
            {
                Task<string> error = process.StandardError.ReadToEndAsync(either.Token);
                string output = await process.StandardOutput.ReadToEndAsync(either.Token);
                string said = await error;
                await process.WaitForExitAsync(either.Token);
                return process.ExitCode == 0 ? BenchLine.Read(output) : BenchLine.OfTrouble(Reason(process.ExitCode, said));
            }
            catch (OperationCanceledException) when (!interrupted.IsCancellationRequested)
            {
                return BenchLine.OfTrouble($"It was ended after {limit.TotalSeconds:N0} s.");
            }
            finally
            {
                if (!process.HasExited)
                {
                    process.Kill(entireProcessTree: true);
                    await process.WaitForExitAsync(CancellationToken.None);
                }
            }
        }
    }

    private ProcessStartInfo Start(Contender side)
    {
        (string program, string first) = side.Script is { } script ? (places.Python, Path.Combine(places.Peers, script)) : ("dotnet", places.ProgramOf(side));
        var start = new ProcessStartInfo(program, [first, .. side.Arguments])
        {
            WorkingDirectory = places.Home,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in start.Environment.Keys.Where(name => Steering.Any(begin => name.StartsWith(begin, StringComparison.Ordinal))).ToArray())
        {
            start.Environment.Remove(name);
        }

        return start;
    }

    // Programs say why in their last line on standard error.
    private static string Reason(int code, string said)
    {
        string last = said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault("");
        return last.Length == 0 ? $"It ended with {code} and said nothing." : last.TrimEnd('.') + ".";
    }
}
