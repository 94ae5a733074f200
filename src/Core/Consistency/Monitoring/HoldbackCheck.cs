using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Runs;

namespace OrleansSgd.Core.Consistency.Monitoring;

/// <summary>Whether a message that lost something says where it went.</summary>
/// <remarks>
/// A codec that loses the part γ of ‖u‖² holds back or drops exactly √γ·‖u‖, and what it sends is no longer than (1 + √γ)·‖u‖. So held² +
/// dropped² is at least γ / (1 + √γ)²·‖sent‖², whatever u was. A record below that keeps mass secret, and every distance would be too small.
/// </remarks>
internal static class HoldbackCheck
{
    // γ and the norms are f64 sums over f32 values, made in different orders; a secret is far larger.
    private const double Tolerance = 1e-4;

    /// <summary>What is wrong, as a sentence; null when nothing is, or when the plan leaves nothing to compare.</summary>
    public static string? Mistake(TicketRecord record, RunPlan plan)
    {
        // Held mass contains velocity under momentum, in which the residual may cancel; QSGD without feedback loses nothing on average.
        bool compares = !plan.Codec.IsExact && plan.Rule.Kind == RulePlan.Sgd
            && (plan.Codec.Kind != CodecPlan.Qsgd || plan.Codec.ErrorFeedback) && record.Gamma > 0;
        if (!compares)
        {
            return null;
        }

        double sent = 0;
        foreach (ref readonly SliceRecord slice in record.Slices)
        {
            sent += slice.NormSquared;
        }

        double share = 1 + Math.Sqrt(record.Gamma);
        double least = record.Gamma / (share * share) * sent;
        double told = record.ResidualNormSquared + record.DroppedNormSquared;
        return told >= least * (1 - Tolerance)
            ? null
            : $"Ticket {record.Ticket} of worker {record.Worker} lost the part {record.Gamma:g4} of its update, which is at least {least:g4} in squared " +
                $"parameter units, but tells of {told:g4} held back or dropped; a codec or its record is wrong.";
    }
}
