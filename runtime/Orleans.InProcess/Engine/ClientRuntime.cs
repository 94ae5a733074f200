using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Gateway;

namespace Orleans.Engine;

/// <summary>A client of the grid: calls, and has no grains.</summary>
internal sealed class ClientRuntime : Caller, IDisposable
{
    private readonly IOptions<ClientMessagingOptions> _messaging;

    public ClientRuntime(IServiceProvider services)
        : base(GridNames.OfClient(services), services, services.GetRequiredService<TimeProvider>())
    {
        _messaging = services.GetRequiredService<IOptions<ClientMessagingOptions>>();
        TracesCalls = services.GetService<ActivityPropagation>() is not null;
        Gateway = services.GetService<ClientGateways>() is { } gateways
            ? new GatewayClient(gateways.Endpoints, services.GetRequiredService<IOptions<ClusterOptions>>().Value.ClusterId, this)
            : null;
        Grid.Join(this);
    }

    public override GatewayClient? Gateway { get; }

    public override TimeSpan ResponseTimeout => _messaging.Value.ResponseTimeout;

    public void Dispose()
    {
        if (!IsStopped)
        {
            StopCalling();
            Gateway?.Dispose();
            Grid.Leave(this);
        }
    }

    public override string ToString() => "The client";
}
