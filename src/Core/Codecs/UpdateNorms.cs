namespace OrleansSgd.Core.Codecs;

/// <summary>What one update amounts to, and what of it is not sent.</summary>
/// <param name="Update">‖u‖².</param>
/// <param name="Error">‖u − Q(u)‖², 0 or more.</param>
internal readonly record struct UpdateNorms(double Update, double Error)
{
    /// <summary>Before the first update: "no data" must never read as "no error".</summary>
    public static UpdateNorms None { get; } = new(double.NaN, double.NaN);

    /// <summary>‖u − Q(u)‖² / ‖u‖²; 0 for an update of zeros, which every codec sends exactly.</summary>
    public double Gamma => Update == 0 ? 0 : Error / Update;

    /// <summary>Norms of an update of which some coordinates are sent whole, and nothing of the others.</summary>
    /// <remarks>The two sums round differently, by parts in 10¹⁵ of the whole: their difference may come out below 0.</remarks>
    public static UpdateNorms OfSubset(double update, double sent) => new(update, Math.Max(0, update - sent));
}
