namespace OrleansSgd.Certifier.Reading;

/// <summary>Where in the trace something stands, for people who have to look at it.</summary>
/// <param name="File">Path as it was given.</param>
/// <param name="Line">From 1.</param>
internal readonly record struct TracePlace(string File, long Line)
{
    /// <summary>The trace does not say what the format asks for.</summary>
    /// <param name="what">What was found, what was expected, and the remedy where there is one; without a place.</param>
    public InvalidDataException Damage(string what) => new($"{this}: {what}");

    /// <inheritdoc/>
    public override string ToString() => $"{File} line {Line}";
}
