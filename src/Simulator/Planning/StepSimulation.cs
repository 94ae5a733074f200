using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Scheduling.Gates;

namespace OrleansSgd.Simulator.Planning;

/// <summary>Plays the steps of all workers of an undisturbed run, event by event: who waits for what, and what views lack meanwhile.</summary>
/// <remarks>
/// <para>Threads of a silo, its network card, the coordinator and each shard are queues, first come first served. Every worker pushes to every
/// shard, so workers × shards messages would be n²; shards are alike, so a few are played and the others answer within the latest of
/// their ways, which is drawn at once. An update costs a fixed number of events, each O(log n).</para>
/// <para>x is not computed, only counted: version and view of each shard that is played, and the tickets.</para>
/// </remarks>
internal sealed partial class StepSimulation
{
    // What gradients, and what messages, are drawn from.
    private const ulong ComputeStream = 0x504C_414E_01;
    private const ulong NetworkStream = 0x504C_414E_02;

    // The first fifth of the updates is the beginning, when all pull and push at once.
    private const double BeginShare = 0.2;

    private readonly ClusterDescription _cluster;
    private readonly PlannedJob _job;
    private readonly FrameSizes _sizes;
    private readonly MomentQueue<Happening> _queue = new();
    private readonly SeededRandom _compute;
    private readonly SeededRandom _network;
    private readonly LatestOf? _others;
    private readonly SiloLoad[] _silos;
    private readonly ShardLoad[] _shards;
    private readonly WorkerLoad[] _workers;

    // Version of each shard in each worker's view: [worker × shards played].
    private readonly long[] _views;
    private readonly StalenessGate? _gate;
    private readonly Dictionary<long, List<int>> _gated = [];
    private readonly bool _isRounds;
    private readonly bool _pullsAlways;
    private readonly double _cardBytesPerSecond;
    private readonly int _shardsPerSilo;
    private readonly StepFigures _figures = new();
    private readonly long _updatesMax;
    private double _coordinatorFree;
    private double _begin;
    private long _ticket;
    private long _updates;

    /// <param name="played">Shards that are played one by one; 1 or more.</param>
    /// <param name="stepsPerWorker">Updates a worker makes on average; 5 or more.</param>
    public StepSimulation(ClusterDescription cluster, PlannedJob job, ulong seed, int played, int stepsPerWorker)
    {
        _cluster = cluster;
        _job = job;
        _sizes = new FrameSizes(job);
        _compute = new SeededRandom(seed, ComputeStream);
        _network = new SeededRandom(seed, NetworkStream);
        int shards = Math.Min(played, job.Shards);
        _others = shards < job.Shards ? new LatestOf(job.Shards - shards) : null;
        _silos = [.. Enumerable.Range(0, cluster.Silos).Select(_ => new SiloLoad())];
        _shards = [.. Enumerable.Range(0, shards).Select(_ => new ShardLoad())];
        _workers = [.. Enumerable.Range(0, job.Workers).Select(_ => new WorkerLoad())];
        _views = new long[(long)job.Workers * shards];
        _isRounds = job.Mode == RunPlan.Bsp;
        _pullsAlways = job.Mode == RunPlan.Ssp;
        _gate = _pullsAlways ? new StalenessGate(job.Workers, job.StepsAheadMax) : null;

        // A silo's card serves its workers and its shards.
        _cardBytesPerSecond = cluster.BandwidthBytesPerSecond / 2;
        _shardsPerSilo = (job.Shards + cluster.Silos - 1) / cluster.Silos;
        _updatesMax = (long)stepsPerWorker * job.Workers;
    }

    private enum What
    {
        /// <summary>A worker wants samples.</summary>
        Begin,

        /// <summary>Its question reached the coordinator.</summary>
        LeaseAsked,

        /// <summary>It may go on.</summary>
        LeaseAnswered,

        /// <summary>Its pull reached a shard.</summary>
        PullArrived,

        /// <summary>Its gradient is there.</summary>
        GradientDone,

        /// <summary>Its thread is free again.</summary>
        ThreadFree,

        /// <summary>It waited for a thread and has one now.</summary>
        ThreadTaken,

        /// <summary>Its question reached the coordinator.</summary>
        TicketAsked,

        /// <summary>It has a ticket and an encoded update.</summary>
        PushLeaves,

        /// <summary>Its push reached a shard.</summary>
        PushArrived,

        /// <summary>A shard's answer is back.</summary>
        Answered,
    }

    /// <summary>Plays until enough updates are made.</summary>
    public StepFigures Run()
    {
        for (int worker = 0; worker < _workers.Length; worker++)
        {
            // They come up one after the other, not all in one instant.
            Plan(_compute.NextDouble() * _cluster.GradientSeconds, What.Begin, worker);
        }

        long first = (long)(_updatesMax * BeginShare);
        while (_updates < _updatesMax && _queue.TryNext(out Happening next))
        {
            Happen(next);
            if (!_figures.IsCounting && _updates >= first)
            {
                _begin = _queue.Now;
                _figures.IsCounting = true;
            }
        }

        _figures.Seconds = _queue.Now - _begin;
        _figures.Threads = (double)_cluster.Silos * _cluster.ThreadsPerSilo;
        _figures.ShardsPlayed = _shards.Length;
        _figures.Cards = _cluster.Silos;
        _figures.Events = _queue.Happened;
        _figures.Comparisons = _queue.Comparisons;
        return _figures;
    }

    private void Happen(Happening next)
    {
        switch (next.What)
        {
            case What.Begin:
                Begin(next.Worker);
                break;
            case What.LeaseAsked:
                LeaseAsked(next.Worker);
                break;
            case What.LeaseAnswered:
                LeaseAnswered(next.Worker);
                break;
            case What.PullArrived:
                PullArrived(next.Worker, next.Shard);
                break;
            case What.GradientDone:
                GradientDone(next.Worker);
                break;
            case What.ThreadFree:
                ThreadFree(next.Worker);
                break;
            case What.ThreadTaken:
                ComputeNow(next.Worker);
                break;
            case What.TicketAsked:
                TicketAsked(next.Worker);
                break;
            case What.PushLeaves:
                Send(next.Worker, What.PushArrived, _sizes.Push);
                break;
            case What.PushArrived:
                PushArrived(next.Worker, next.Shard);
                break;
            default:
                Answered(next.Worker);
                break;
        }
    }

    private void Plan(double seconds, What what, int worker, int shard = 0) =>
        _queue.Plan(_queue.Now + seconds, new Happening(what, worker, shard));

    private int SiloOf(int worker) => worker % _silos.Length;

    private ref long View(int worker, int shard) => ref _views[((long)worker * _shards.Length) + shard];

    private double Way() => _cluster.LatencySeconds + (_cluster.LatencySpreadSeconds * SimulatedNetwork.Exponential(_network));

    private readonly record struct Happening(What What, int Worker, int Shard);

    private sealed class SiloLoad
    {
        public int Busy { get; set; }

        public Queue<int> Waiting { get; } = new();

        /// <summary>When the card has sent all that waits.</summary>
        public double SentBy { get; set; }

        /// <summary>When it has received all that waits.</summary>
        public double ReceivedBy { get; set; }
    }

    private sealed class ShardLoad
    {
        public double FreeAt { get; set; }

        public long Version { get; set; }

        /// <summary>Contributions of the round that is being collected.</summary>
        public int Contributions { get; set; }

        /// <summary>Workers whose pull waits for the round.</summary>
        public List<int> Waiting { get; } = [];
    }

    private sealed class WorkerLoad
    {
        public long Steps { get; set; }

        public int LeaseLeft { get; set; }

        public int AnswersDue { get; set; }

        public bool IsPushing { get; set; }

        public bool HasView { get; set; }

        /// <summary>Whether it has a thread.</summary>
        public bool HasThread { get; set; }

        /// <summary>Whether the view for its next gradient is there.</summary>
        public bool IsViewed { get; set; }

        public long Ticket { get; set; }

        public double EncodedAt { get; set; }

        public long Delay { get; set; }
    }
}
