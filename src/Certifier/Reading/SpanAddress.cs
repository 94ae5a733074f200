namespace OrleansSgd.Certifier.Reading;

/// <summary>Where a ledger span can be read again.</summary>
/// <param name="Sequence">Its number in its chain.</param>
/// <param name="File">Index of the file.</param>
/// <param name="Offset">Byte at which its line begins.</param>
/// <param name="Length">Bytes of the line.</param>
/// <param name="Line">Number of the line, from 1.</param>
/// <param name="Index">Which ledger span of the line.</param>
/// <param name="TicketMin">
/// The lowest ticket that it, and in a finished index any later span of its chain, says something about; what lies below can be let go.
/// </param>
internal readonly record struct SpanAddress(long Sequence, int File, long Offset, int Length, long Line, int Index, long TicketMin = long.MaxValue);
