namespace OrleansSgd.Core.Samples;

/// <summary>A model could not compute for a reason outside this program: memory, a damaged file, an operation that failed.</summary>
/// <remarks>The message is a whole sentence for the user. The session that threw it may be used again.</remarks>
public sealed class ModelException : Exception
{
    /// <param name="message">What could not be computed, and why.</param>
    /// <param name="hint">The remedy.</param>
    /// <param name="inner">What the library said.</param>
    public ModelException(string message, string hint, Exception? inner = null)
        : base(message, inner)
    {
        Hint = hint;
    }

    /// <summary>The remedy, one sentence.</summary>
    public string Hint { get; }
}
