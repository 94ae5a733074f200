using System.Buffers;
using System.Text.Json;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Dashboard.Feeds;

/// <summary>The grid: its silos, its jobs, who lives where, and who moved.</summary>
/// <remarks>Its frames are whole states: a map of 64 workers is a few KB, and most of it changes together.</remarks>
internal sealed class GridFeed : Feed
{
    /// <summary>Moves that are shown: the newest.</summary>
    public const int MovesMax = 200;

    // Running jobs whose members are asked for; each is two calls a poll.
    private const int MappedMax = 16;

    // The list is read from the store, which may be far away.
    private static readonly TimeSpan ListPeriod = TimeSpan.FromSeconds(2);

    // A job that was accepted a moment ago is to be found; names that somebody makes up are not to be looked up a thousand times a second.
    private static readonly TimeSpan RecheckPeriod = TimeSpan.FromMilliseconds(200);

    private static readonly string[] StateNames = ["absent", "starting", "live", "finished"]; // by MemberState

    private readonly DashboardOptions _options;
    private readonly Func<string, JobFeed> _feedOf;
    private readonly Dictionary<string, JobMembers> _members = [];
    private readonly Queue<PlacementMove> _moves = new();
    private string[] _silos = [];
    private volatile JobSummary[] _jobs = [];
    private string? _trouble;
    private long _moveNext = 1;
    private long _listedAt;
    private bool _isListed;
    private byte[] _told = [];

    /// <param name="feedOf">The feed of a job; made when there is none, so that what is running has a history when somebody comes to look.</param>
    public GridFeed(DashboardOptions options, Func<string, JobFeed> feedOf)
        : base(options)
    {
        _options = options;
        _feedOf = feedOf;
    }

    /// <summary>The jobs the grid knows, as of the newest poll.</summary>
    public IReadOnlyList<JobSummary> Jobs => _jobs;

    /// <summary>The silos that are up, as of the newest poll.</summary>
    public IReadOnlyList<string> Silos => Volatile.Read(ref _silos);

    /// <summary>True when the grid knows the job; asks it when the newest list does not have it.</summary>
    public async Task<bool> KnowsAsync(string job)
    {
        if (!_jobs.Any(known => known.Job == job) && (!_isListed || _options.Time.GetElapsedTime(_listedAt) >= RecheckPeriod))
        {
            await ListAsync();
        }

        return _jobs.Any(known => known.Job == job);
    }

    protected override async Task PollAsync(CancellationToken cancellation)
    {
        try
        {
            Dictionary<SiloAddress, SiloStatus> hosts = await HostsAsync().WaitAsync(cancellation);
            string[] silos =
            [
                .. hosts.Where(host => host.Value == SiloStatus.Active).Select(host => host.Key.ToParsableString()).Order(StringComparer.Ordinal),
            ];
            if (!_isListed || _options.Time.GetElapsedTime(_listedAt) >= ListPeriod)
            {
                await ListAsync();
            }

            Dictionary<string, JobMembers> members = await MembersAsync(cancellation);
            Change("state", () => Take(silos, members));
        }
        catch (Exception error) when (IsPassing(error))
        {
            Change("state", () => Say(() => _trouble = $"The grid does not answer: {error.Message}"));
        }
        catch (OperationCanceledException)
        {
            // The feed ends.
        }
    }

    protected override byte[] WriteState()
    {
        var bytes = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteKnown("trouble", _trouble);
            json.WriteList("silos", _silos);
            json.WriteStartArray("jobs");
            foreach (JobSummary job in _jobs)
            {
                Write(json, job);
            }

            json.WriteEndArray();
            json.WriteStartArray("moves");
            foreach (PlacementMove move in _moves)
            {
                Write(json, move);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    // Asked without a token: the published management grain has an overload with one, which the analysers ask for and this interface need not have.
    private Task<Dictionary<SiloAddress, SiloStatus>> HostsAsync() => Grains.GetGrain<IManagementGrain>(0).GetHosts(true);

    private static bool IsActive(JobPhase phase) => phase is JobPhase.Starting or JobPhase.Running or JobPhase.Paused;

    private async Task ListAsync()
    {
        _jobs = await Grains.GetGrain<IGridGrain>(IGridGrain.Key).List();
        _listedAt = _options.Time.GetTimestamp();
        _isListed = true;
    }

    private async Task<Dictionary<string, JobMembers>> MembersAsync(CancellationToken cancellation)
    {
        var members = new Dictionary<string, JobMembers>();
        foreach (JobSummary job in _jobs.Where(job => IsActive(job.Phase)).TakeLast(MappedMax))
        {
            _feedOf(job.Job);
            try
            {
                members[job.Job] = await Grains.GetGrain<IJobGrain>(job.Job).Members().WaitAsync(cancellation);
            }
            catch (Exception error) when (IsPassing(error) && _members.TryGetValue(job.Job, out JobMembers? known))
            {
                members[job.Job] = known; // its coordinator is on its way: what was known is the best there is
            }
        }

        return members;
    }

    private byte[]? Take(string[] silos, Dictionary<string, JobMembers> members) => Say(() =>
    {
        _trouble = null;
        Volatile.Write(ref _silos, silos);
        foreach ((string job, JobMembers after) in members)
        {
            foreach (PlacementMove move in PlacementMove.Between(job, _members.GetValueOrDefault(job), after, _moveNext))
            {
                _moves.Enqueue(move);
                _moveNext++;
            }
        }

        while (_moves.Count > MovesMax)
        {
            _moves.Dequeue();
        }

        _members.Clear();
        foreach ((string job, JobMembers after) in members)
        {
            _members[job] = after;
        }
    });

    // A grid in which nothing happens is told of once.
    private byte[]? Say(Action change)
    {
        change();
        byte[] state = WriteState();
        if (state.AsSpan().SequenceEqual(_told))
        {
            return null;
        }

        _told = state;
        return state;
    }

    private void Write(Utf8JsonWriter json, JobSummary job)
    {
        json.WriteStartObject();
        json.WriteString("job", job.Job);
        json.WriteString("name", job.Name);
        json.WriteString("phase", ProgressJson.NameOf(job.Phase));
        if (IsActive(job.Phase))
        {
            JobProgress progress = _feedOf(job.Job).Progress;
            json.WriteNumber("samples", progress.Samples);
            json.WriteNumber("samplesTotal", progress.SamplesTotal);
            json.WriteNumber("workersLive", progress.WorkersLive);
            json.WriteNumber("tickets", progress.Tickets);
            json.WriteKnown("loss", progress.Loss);
        }

        if (_members.TryGetValue(job.Job, out JobMembers? members))
        {
            json.WriteString("coordinator", members.Coordinator);
            Write(json, "shards", members.Shards);
            Write(json, "workers", members.Workers);
        }

        json.WriteEndObject();
    }

    // A member is [index of its silo or −1, life, state]: a thousand of them are to fit into a frame.
    private void Write(Utf8JsonWriter json, string name, MemberPlace[] members)
    {
        json.WriteStartArray(name);
        foreach (MemberPlace member in members)
        {
            json.WriteStartArray();
            json.WriteNumberValue(member.Silo is null ? -1 : Array.BinarySearch(_silos, member.Silo, StringComparer.Ordinal) is >= 0 and int at ? at : -1);
            json.WriteNumberValue(member.Incarnation);
            json.WriteStringValue(StateNames[(int)member.State]);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, PlacementMove move)
    {
        json.WriteStartObject();
        json.WriteNumber("number", move.Number);
        json.WriteString("job", move.Job);
        json.WriteString("member", move.Member);
        json.WriteKnown("from", move.From);
        json.WriteKnown("to", move.To);
        json.WriteNumber("life", move.Incarnation);
        json.WriteEndObject();
    }
}
