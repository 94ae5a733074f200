using OrleansSgd.Core.Consistency.Metering;

namespace OrleansSgd.Core.Consistency.Monitoring;

/// <summary>Hears of a ticket once everything before it is settled.</summary>
public delegate void FinalisedListener(in FinalisedTicket ticket);
