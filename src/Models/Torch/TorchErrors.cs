using System.Runtime.InteropServices;
using OrleansSgd.Core.Samples;

namespace OrleansSgd.Models.Torch;

/// <summary>Makes one sentence of what libtorch says, which is several lines and a call stack.</summary>
internal static class TorchErrors
{
    private const string EnforceEnd = "] ";
    private const int MessageLengthMax = 300;

    /// <summary>Whether an exception comes out of libtorch or its managed side, which checks some arguments itself.</summary>
    public static bool IsTorch(Exception error) =>
        error is ExternalException or ArgumentException or InvalidOperationException or NotSupportedException
            or InvalidCastException;

    /// <summary>What failed while computing a model.</summary>
    /// <param name="kind">The model's kind.</param>
    /// <param name="count">Samples in the batch.</param>
    public static ModelException Computing(string kind, int count, Exception error) => IsMemory(error)
        ? new ModelException(
            $"libtorch has not enough memory for {kind} with a batch of {count}: {Sentence(error)}.",
            "Use a smaller batch, a narrower or shallower network, or fewer workers on one machine.", error)
        : new ModelException(
            $"libtorch could not compute {kind} with a batch of {count}: {Sentence(error)}.",
            "Check that the data and the model belong together; the message names the operation.", error);

    /// <summary>The first line, without the place in libtorch's sources and without a full stop.</summary>
    public static string Sentence(Exception error)
    {
        string text = error.Message.Trim();
        int stack = text.IndexOf("Exception raised from", StringComparison.Ordinal);
        text = stack > 0 ? text[..stack].TrimEnd() : text;
        string line = ScriptCause(text) ?? text.Split('\n')[0].Trim();
        int place = line.StartsWith("[enforce fail", StringComparison.Ordinal) ? line.IndexOf(EnforceEnd, StringComparison.Ordinal) : -1;
        line = place < 0 ? line : line[(place + EnforceEnd.Length)..].TrimStart('.', ' ');
        line = line.Length > MessageLengthMax ? line[..MessageLengthMax] + "…" : line;
        return line.TrimEnd('.', ' ');
    }

    // An error inside a script comes with the script's own stack first; its last line is the error.
    private static string? ScriptCause(string text)
    {
        if (!text.StartsWith("The following operation failed", StringComparison.Ordinal))
        {
            return null;
        }

        return text.Split('\n').Select(line => line.Trim())
            .LastOrDefault(line => line.StartsWith("RuntimeError:", StringComparison.Ordinal)
                || line.StartsWith("builtins.", StringComparison.Ordinal)); // what the script itself raises
    }

    private static bool IsMemory(Exception error) =>
        error.Message.Contains("allocate memory", StringComparison.OrdinalIgnoreCase)
        || error.Message.Contains("not enough memory", StringComparison.OrdinalIgnoreCase)
        || error.Message.Contains("bad_alloc", StringComparison.Ordinal);
}
