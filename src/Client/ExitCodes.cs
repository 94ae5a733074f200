namespace OrleansSgd.Client;

/// <summary>What the program's exit code means, for every verb. docs/exit-codes.md is for people.</summary>
internal static class ExitCodes
{
    /// <summary>Done, and what was to hold holds.</summary>
    public const int Done = 0;

    /// <summary>Done, but a check does not hold.</summary>
    public const int CheckFailed = 1;

    /// <summary>The command line, the job file or the data cannot be used; nothing was trained.</summary>
    public const int BadInput = 2;

    /// <summary>The grid cannot be reached, or answers no more.</summary>
    public const int Unreachable = 3;

    /// <summary>The work began and failed: a run diverged, a download did not arrive, a result could not be saved.</summary>
    public const int RunFailed = 4;

    /// <summary>Somebody interrupted it; 128 + SIGINT, as shells have it.</summary>
    public const int Interrupted = 130;
}
