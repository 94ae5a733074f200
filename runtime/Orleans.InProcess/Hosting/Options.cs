using System.Diagnostics;
using System.Net;

namespace Orleans.Configuration;

/// <summary>Which grid a host belongs to.</summary>
public class ClusterOptions
{
    /// <summary>The cluster id when none is given.</summary>
    public const string DefaultClusterId = "default";

    /// <summary>The service id when none is given.</summary>
    public const string DefaultServiceId = "default";

    /// <summary>Names the grid; another deployment of the service has another one.</summary>
    public string ClusterId { get; set; } = DefaultClusterId;

    /// <summary>Names the service, over all its deployments.</summary>
    public string ServiceId { get; set; } = DefaultServiceId;
}

/// <summary>Names a silo.</summary>
public class SiloOptions
{
    /// <summary>A readable name; made up when null.</summary>
    public string? SiloName { get; set; }
}

/// <summary>Calls, for silos and clients alike.</summary>
public abstract class MessagingOptions
{
    private TimeSpan _responseTimeout = TimeSpan.FromSeconds(30);

    /// <summary>How long a caller waits for an answer. Default 30 s; <see cref="ResponseTimeoutWithDebugger"/> under a debugger.</summary>
    public TimeSpan ResponseTimeout
    {
        get => Debugger.IsAttached ? ResponseTimeoutWithDebugger : _responseTimeout;
        set => _responseTimeout = value;
    }

    /// <summary>The same, under a debugger. Default 30 min.</summary>
    public TimeSpan ResponseTimeoutWithDebugger { get; set; } = TimeSpan.FromMinutes(30);
}

/// <summary>Calls made by silos.</summary>
public class SiloMessagingOptions : MessagingOptions;

/// <summary>Calls made by clients.</summary>
public class ClientMessagingOptions : MessagingOptions;

/// <summary>When idle activations end.</summary>
public class GrainCollectionOptions
{
    /// <summary>How often idle activations are looked for. Default 1 min.</summary>
    public TimeSpan CollectionQuantum { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long an activation may be idle; longer than the quantum. Default 15 min.</summary>
    public TimeSpan CollectionAge { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long OnActivateAsync may take. Default 30 s.</summary>
    public TimeSpan ActivationTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long OnDeactivateAsync may take. Default 30 s.</summary>
    public TimeSpan DeactivationTimeout { get; set; } = TimeSpan.FromSeconds(30);
}

/// <summary>How silos watch each other. Here one process holds all silos, so nothing of this has an effect.</summary>
public class ClusterMembershipOptions
{
    /// <summary>How long a probe may take. Default 5 s.</summary>
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Missed probes after which a silo is suspected. Default 3.</summary>
    public int NumMissedProbesLimit { get; set; } = 3;

    /// <summary>Silos that each silo probes. Default 10.</summary>
    public int NumProbedSilos { get; set; } = 10;

    /// <summary>Votes that declare a silo dead. Default 2.</summary>
    public int NumVotesForDeathDeclaration { get; set; } = 2;

    /// <summary>How often the membership table is read. Default 60 s.</summary>
    public TimeSpan TableRefreshTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a vote counts. Default 2 min.</summary>
    public TimeSpan DeathVoteExpirationTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How often a silo writes that it lives. Default 30 s.</summary>
    public TimeSpan IAmAliveTablePublishTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Missed writes after which a silo is not waited for. Default 3.</summary>
    public int NumMissedTableIAmAliveLimit { get; set; } = 3;

    /// <summary>How long a silo tries to join. Default 5 min.</summary>
    public TimeSpan MaxJoinAttemptTime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether silos tell each other of changes. Default true.</summary>
    public bool UseLivenessGossip { get; set; } = true;
}

/// <summary>Where a silo listens. Here the silo's endpoint only names it, and clients are served on the loopback address.</summary>
public class EndpointOptions
{
    /// <summary>The silo port when none is given.</summary>
    public const int DEFAULT_SILO_PORT = 11111;

    /// <summary>The gateway port when none is given.</summary>
    public const int DEFAULT_GATEWAY_PORT = 30000;

    /// <summary>The address others use; loopback when null.</summary>
    public IPAddress AdvertisedIPAddress { get; set; } = null!;

    /// <summary>The port other silos use.</summary>
    public int SiloPort { get; set; } = DEFAULT_SILO_PORT;

    /// <summary>The port clients use.</summary>
    public int GatewayPort { get; set; } = DEFAULT_GATEWAY_PORT;
}

/// <summary>The silo that holds the membership of a development cluster.</summary>
public class DevelopmentClusterMembershipOptions
{
    /// <summary>Its endpoint; hosts of one process that name the same one form one grid.</summary>
    public IPEndPoint? PrimarySiloEndpoint { get; set; }
}
