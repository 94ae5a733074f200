using OrleansSgd.Storage.Tables;

namespace OrleansSgd.Silo.Clustering;

/// <summary>The membership table of a grid in one document: each change is one compare-and-swap of the whole.</summary>
/// <remarks>
/// Two versions, not one: the service's version of the document changes with every write and keeps writers apart; the membership's own version, which the
/// runtime compares, changes only when a silo does. So a silo that writes that it lives, every few seconds, gets in nobody's way.
/// </remarks>
internal sealed class TableMembership(TableDocument document) : IMembershipTable
{
    // Each round lost means that another silo wrote in between.
    private const int RaceMax = 50;

    /// <inheritdoc/>
    public async Task InitializeMembershipTable(bool tryInitTableVersion)
    {
        await document.MakeTableAsync();
        if (tryInitTableVersion && await document.ReadAsync() is null)
        {
            _ = await document.TryWriteAsync(new MembershipText().Write(), null);
        }
    }

    /// <inheritdoc/>
    public Task DeleteMembershipTableEntries(string clusterId) => document.DeleteAsync();

    /// <inheritdoc/>
    public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => ChangeAsync(before => before.Without(beforeDate.UtcDateTime));

    /// <inheritdoc/>
    public async Task<MembershipTableData> ReadRow(SiloAddress key)
    {
        MembershipText text = (await ReadAsync()).Text;
        return Answer(text, text.Find(key) is { } line ? [line] : []);
    }

    /// <inheritdoc/>
    public async Task<MembershipTableData> ReadAll()
    {
        MembershipText text = (await ReadAsync()).Text;
        return Answer(text, text.Silos);
    }

    /// <inheritdoc/>
    public Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion) => ChangeAsync(before =>
        IsCurrent(before, tableVersion) && before.Find(entry.SiloAddress) is null
            ? before.With(MemberLine.Of(entry, tableVersion.Version), tableVersion.Version)
            : null);

    /// <inheritdoc/>
    public Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) => ChangeAsync(before =>
        IsCurrent(before, tableVersion) && before.Find(entry.SiloAddress) is { } line && MemberLine.TagOf(line.ChangedAt) == etag
            ? before.With(MemberLine.Of(entry, tableVersion.Version), tableVersion.Version)
            : null);

    /// <inheritdoc/>
    public Task UpdateIAmAlive(MembershipEntry entry) => ChangeAsync(before =>
        before.Find(entry.SiloAddress) is { } line ? before.With(line with { Alive = MemberLine.Utc(entry.IAmAliveTime) }) : before);

    private static bool IsCurrent(MembershipText text, TableVersion wanted) => MemberLine.TagOf(text.Version) == wanted.VersionEtag;

    private static MembershipTableData Answer(MembershipText text, IEnumerable<MemberLine> lines) =>
        new([.. lines.Select(line => line.ToEntry())], new TableVersion(text.Version, MemberLine.TagOf(text.Version)));

    private async Task<(MembershipText Text, string? Version)> ReadAsync() =>
        await document.ReadAsync() is { } found ? (MembershipText.Read(found.Bytes), found.Version) : (new MembershipText(), null);

    // False when the change does not apply to what is there; the runtime then reads it anew.
    private async Task<bool> ChangeAsync(Func<MembershipText, MembershipText?> change)
    {
        for (int i = 0; i < RaceMax; i++)
        {
            (MembershipText before, string? version) = await ReadAsync();
            MembershipText? after = change(before);
            if (after is null || ReferenceEquals(after, before))
            {
                return after is not null;
            }

            if (await document.TryWriteAsync(after.Write(), version))
            {
                return true;
            }
        }

        throw new IOException($"The membership was changed by others {RaceMax} times in a row; it is tried again later.");
    }
}
