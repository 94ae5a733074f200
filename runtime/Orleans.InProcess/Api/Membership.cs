using Orleans.Runtime;

namespace Orleans
{
    /// <summary>Where silos of several processes write down who they are. Here one process holds all silos, so nobody asks it.</summary>
    public interface IMembershipTable
    {
        /// <summary>Comes before all other calls.</summary>
        Task InitializeMembershipTable(bool tryInitTableVersion);

        /// <summary>Forgets a grid.</summary>
        Task DeleteMembershipTableEntries(string clusterId);

        /// <summary>Forgets silos that have long been dead.</summary>
        Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate);

        /// <summary>One silo.</summary>
        Task<MembershipTableData> ReadRow(SiloAddress key);

        /// <summary>Every silo.</summary>
        Task<MembershipTableData> ReadAll();

        /// <summary>Adds a silo, if the table still is what was read.</summary>
        Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion);

        /// <summary>Changes a silo, if it and the table still are what was read.</summary>
        Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion);

        /// <summary>Writes when a silo was last alive, whatever else has changed.</summary>
        Task UpdateIAmAlive(MembershipEntry entry);
    }

    /// <summary>What tells one state of a table from the next.</summary>
    public sealed class TableVersion(int version, string eTag)
    {
        /// <summary>Grows by one with each change.</summary>
        public int Version { get; } = version;

        /// <summary>What a conditional write compares.</summary>
        public string VersionEtag { get; } = eTag;

        /// <summary>The version to write over this one.</summary>
        public TableVersion Next() => new(Version + 1, VersionEtag);
    }

    /// <summary>What was read of a table.</summary>
    public sealed class MembershipTableData(List<Tuple<MembershipEntry, string>> list, TableVersion version)
    {
        /// <summary>The silos, each with what a conditional write of it compares.</summary>
        public IReadOnlyList<Tuple<MembershipEntry, string>> Members { get; private set; } = list;

        /// <summary>The table's version.</summary>
        public TableVersion Version { get; private set; } = version;
    }

    /// <summary>One silo of a table.</summary>
    public sealed class MembershipEntry
    {
        /// <summary>Its address.</summary>
        public SiloAddress SiloAddress { get; set; } = null!;

        /// <summary>Where it is in its life.</summary>
        public SiloStatus Status { get; set; }

        /// <summary>Who suspects it since when.</summary>
        public List<Tuple<SiloAddress, DateTime>>? SuspectTimes { get; set; }

        /// <summary>Where clients connect; 0 for nowhere.</summary>
        public int ProxyPort { get; set; }

        /// <summary>The machine.</summary>
        public string HostName { get; set; } = null!;

        /// <summary>A readable name.</summary>
        public string SiloName { get; set; } = null!;

        /// <summary>The silo's role, if any.</summary>
        public string? RoleName { get; set; }

        /// <summary>A number for whoever deploys it.</summary>
        public int UpdateZone { get; set; }

        /// <summary>Another.</summary>
        public int FaultZone { get; set; }

        /// <summary>When it was started, in UTC.</summary>
        public DateTime StartTime { get; set; }

        /// <summary>When it last wrote that it lives, in UTC.</summary>
        public DateTime IAmAliveTime { get; set; }
    }
}

namespace Orleans.Messaging
{
    /// <summary>Where clients find silos of other processes. Here they find them by their gateway port, so nobody asks it.</summary>
    public interface IGatewayListProvider
    {
        /// <summary>After how long the list is asked for again.</summary>
        TimeSpan MaxStaleness { get; }

        /// <summary>Whether the list may change.</summary>
        [Obsolete("Nobody asks any more.")]
        bool IsUpdatable { get; }

        /// <summary>Comes before all other calls.</summary>
        Task InitializeGatewayListProvider();

        /// <summary>Each as <c>gwy.tcp://address:port/generation</c>.</summary>
        Task<IList<Uri>> GetGateways();
    }
}
