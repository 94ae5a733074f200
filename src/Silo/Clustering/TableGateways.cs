using Orleans.Messaging;
using OrleansSgd.Storage.Tables;

namespace OrleansSgd.Silo.Clustering;

/// <summary>Tells clients which silos of the membership they may connect to.</summary>
internal sealed class TableGateways(TableDocument document) : IGatewayListProvider
{
    /// <inheritdoc/>
    public TimeSpan MaxStaleness => TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public bool IsUpdatable => true;

    /// <inheritdoc/>
    public Task InitializeGatewayListProvider() => document.MakeTableAsync();

    /// <inheritdoc/>
    public async Task<IList<Uri>> GetGateways() =>
        await document.ReadAsync() is { } found ? [.. MembershipText.Read(found.Bytes).Silos.Select(silo => silo.Gateway).OfType<Uri>()] : [];
}
