namespace OrleansSgd.Telemetry;

/// <summary>Every name that stands in a trace: the source, spans and their attributes. docs/trace-format.md says what each means.</summary>
/// <remarks>Names are only ever added; a reader of old traces must find what it knows.</remarks>
public static class TraceNames
{
    /// <summary>The one source of all spans, and the scope they stand in.</summary>
    public const string Source = "OrleansSgd";

    /// <summary>What the names of ledger spans begin with.</summary>
    public const string LedgerPrefix = "ledger.";

    /// <summary>A job's ledger begins.</summary>
    public const string LedgerOpen = "ledger.open";

    /// <summary>Scalars of some tickets, packed.</summary>
    public const string LedgerRows = "ledger.rows";

    /// <summary>Something that is not a ticket's row: a void ticket, a lost worker, a new life of a shard.</summary>
    public const string LedgerEvent = "ledger.event";

    /// <summary>The loss at a ticket-consistent cut.</summary>
    public const string LedgerCut = "ledger.cut";

    /// <summary>An exact distance, for comparison with its bound.</summary>
    public const string LedgerAudit = "ledger.audit";

    /// <summary>A job's ledger ends.</summary>
    public const string LedgerClose = "ledger.close";

    /// <summary>What one life of one shard has settled, in its order.</summary>
    public const string LedgerApplied = "ledger.applied";

    /// <summary>A run, from its first lease to its last update.</summary>
    public const string Job = "job";

    /// <summary>One update of a worker, from pull to the last answer.</summary>
    public const string Step = "step";

    /// <summary>A step's wait for its view.</summary>
    public const string Pull = "pull";

    /// <summary>A step's arithmetic.</summary>
    public const string Gradient = "gradient";

    /// <summary>A step's update becomes frames, while its ticket is fetched.</summary>
    public const string Encode = "encode";

    /// <summary>A step's frames are under way, until every shard has answered.</summary>
    public const string Push = "push";

    /// <summary>A step's frame of one shard is under way, until that shard has answered.</summary>
    public const string PushShard = "push.shard";

    /// <summary>A worker asks for samples; inside the first step that uses them.</summary>
    public const string Lease = "lease";

    /// <summary>A step asks for its place in the global order, while its update is encoded.</summary>
    public const string TicketCall = "ticket";

    /// <summary>A shard subtracts an update.</summary>
    public const string Apply = "apply";

    /// <summary>A shard's or a job's state is written away.</summary>
    public const string Checkpoint = "checkpoint";

    /// <summary>Workers or shards get other homes.</summary>
    public const string Rebalance = "rebalance";

    private const string Prefix = "orleanssgd.";

    /// <summary>Id of the job; string, first in every span.</summary>
    public const string JobId = Prefix + "job";

    /// <summary>SHA-256 over the span and the one before it; string, last in every ledger span.</summary>
    public const string Digest = Prefix + "digest";

    /// <summary>Place of the span in its chain, from 0; integer.</summary>
    public const string Sequence = Prefix + "sequence";

    /// <summary>Which coordinator of a job wrote the span, from 2; the first one's spans have none. Integer.</summary>
    public const string Generation = Prefix + "generation";

    /// <summary>Lives of shards up to this number are over; integer.</summary>
    public const string LivesBefore = Prefix + "lives_before";

    /// <summary>Number of the layout; integer.</summary>
    public const string Layout = Prefix + "layout";

    /// <summary>The job's plan; JSON text.</summary>
    public const string Plan = Prefix + "plan";

    /// <summary>Seed of the run; string, since it may not fit a signed integer.</summary>
    public const string Seed = Prefix + "seed";

    /// <summary>Mode of the run; string.</summary>
    public const string Mode = Prefix + "mode";

    /// <summary>Number of workers; integer.</summary>
    public const string Workers = Prefix + "workers";

    /// <summary>Number of shards; integer.</summary>
    public const string Shards = Prefix + "shards";

    /// <summary>Coordinates of x; integer.</summary>
    public const string Parameters = Prefix + "parameters";

    /// <summary>Form of the certificate; string.</summary>
    public const string Form = Prefix + "form";

    /// <summary>Why the rule is not covered; a sentence.</summary>
    public const string NotCovered = Prefix + "not_covered";

    /// <summary>L; real.</summary>
    public const string Smoothness = Prefix + "smoothness";

    /// <summary>Whether losses are those of the whole objective; bool.</summary>
    public const string LossExact = Prefix + "loss_exact";

    /// <summary>B to test against; real.</summary>
    public const string Bound = Prefix + "bound";

    /// <summary>One-sided confidence of the tests; real.</summary>
    public const string Confidence = Prefix + "confidence";

    /// <summary>Tickets of a window of the condition test; integer.</summary>
    public const string Window = Prefix + "window";

    /// <summary>Index of a chunk's first row in the run; integer.</summary>
    public const string FirstRow = Prefix + "first_row";

    /// <summary>Rows or entries of the span; integer.</summary>
    public const string Count = Prefix + "count";

    /// <summary>Packed rows, or in <see cref="LedgerClose"/> how many there are; bytes, integer.</summary>
    public const string Rows = Prefix + "rows";

    /// <summary>Kind of an event; string.</summary>
    public const string Kind = Prefix + "kind";

    /// <summary>A ticket; integer.</summary>
    public const string Ticket = Prefix + "ticket";

    /// <summary>What became of each shard's slice; a byte per shard.</summary>
    public const string Applied = Prefix + "applied";

    /// <summary>Index of a worker; integer.</summary>
    public const string Worker = Prefix + "worker";

    /// <summary>Index of a shard; integer.</summary>
    public const string Shard = Prefix + "shard";

    /// <summary>Which life of it; integer.</summary>
    public const string Incarnation = Prefix + "incarnation";

    /// <summary>Updates a shard has applied; integer.</summary>
    public const string Version = Prefix + "version";

    /// <summary>Every ticket below it is settled; integer.</summary>
    public const string Watermark = Prefix + "watermark";

    /// <summary>Settled tickets above the watermark; bytes.</summary>
    public const string Exceptions = Prefix + "exceptions";

    /// <summary>Tickets that were in x and are no longer; bytes.</summary>
    public const string Lost = Prefix + "lost";

    /// <summary>Tickets that keepers added to what a new life of a shard starts from; bytes.</summary>
    public const string Replayed = Prefix + "replayed";

    /// <summary>What happened; a sentence.</summary>
    public const string Reason = Prefix + "reason";

    /// <summary>f at a cut; real.</summary>
    public const string Loss = Prefix + "loss";

    /// <summary>Standard error of f at a cut; real.</summary>
    public const string LossError = Prefix + "loss_error";

    /// <summary>‖∇f‖² at a cut, or ‖G‖² of a step; real.</summary>
    public const string GradientSquared = Prefix + "gradient_squared";

    /// <summary>Product of each shard's parameters with its fixed random vector; bytes.</summary>
    public const string Projections = Prefix + "projections";

    /// <summary>Exact ‖x − v‖² without residuals; real.</summary>
    public const string StaleSquared = Prefix + "stale_squared";

    /// <summary>Entries of a shard's log; bytes.</summary>
    public const string Entries = Prefix + "entries";

    /// <summary>Whether a shard's life ended in order; bool.</summary>
    public const string IsLast = Prefix + "is_last";

    /// <summary>Tickets given out; integer.</summary>
    public const string Tickets = Prefix + "tickets";

    /// <summary>How a run, or one of its parts, ended; string.</summary>
    public const string Outcome = Prefix + "outcome";

    /// <summary>Mean delay of the run; real.</summary>
    public const string DelayMean = Prefix + "delay_mean";

    /// <summary>Largest delay of the run; integer.</summary>
    public const string DelayMax = Prefix + "delay_max";

    /// <summary>Mean gap of the run; real.</summary>
    public const string GapMean = Prefix + "gap_mean";

    /// <summary>The B that the mode's model predicts; real.</summary>
    public const string BoundPredicted = Prefix + "bound_predicted";

    /// <summary>Verdict of the condition test; string.</summary>
    public const string Condition = Prefix + "condition";

    /// <summary>What the certificate is worth; string.</summary>
    public const string CertificateStatus = Prefix + "certificate.status";

    /// <summary>Why; a sentence.</summary>
    public const string CertificateReason = Prefix + "certificate.reason";

    /// <summary>The certificate; real.</summary>
    public const string CertificateValue = Prefix + "certificate.value";

    /// <summary>Its part for what the loss fell by; real.</summary>
    public const string CertificateOptimisation = Prefix + "certificate.optimisation";

    /// <summary>Its part for stale views; real.</summary>
    public const string CertificateStaleness = Prefix + "certificate.staleness";

    /// <summary>Its part for the sampling noise; real.</summary>
    public const string CertificateNoise = Prefix + "certificate.noise";

    /// <summary>Its part for biased updates; real.</summary>
    public const string CertificateBias = Prefix + "certificate.bias";

    /// <summary>J inside the optimisation part; real, in loss units.</summary>
    public const string CertificateJump = Prefix + "certificate.jump";

    /// <summary>Delay of a step; integer.</summary>
    public const string Delay = Prefix + "delay";

    /// <summary>Gap of a step; real.</summary>
    public const string Gap = Prefix + "gap";

    /// <summary>What a step's gradient was multiplied by; real.</summary>
    public const string Rate = Prefix + "rate";

    /// <summary>‖update‖ of a step over all shards, in parameter units; real.</summary>
    public const string UpdateNorm = Prefix + "update_norm";

    /// <summary>Samples of a step or a run; integer.</summary>
    public const string Samples = Prefix + "samples";

    /// <summary>View versions of a step, one per shard; integers.</summary>
    public const string ViewVersions = Prefix + "view_versions";

    /// <summary>Lives of the shards a step's view came from; integers.</summary>
    public const string ViewIncarnations = Prefix + "view_incarnations";

    /// <summary>Bytes of a frame or a checkpoint; integer.</summary>
    public const string Bytes = Prefix + "bytes";

    /// <summary>Workers that got another home; integer.</summary>
    public const string WorkersMoved = Prefix + "workers_moved";

    /// <summary>Shards that got another home; integer.</summary>
    public const string ShardsMoved = Prefix + "shards_moved";
}
