using OrleansSgd.Storage.Tables;

namespace OrleansSgd.Storage.Tests.Tables;

/// <summary>Goal: every usual form of a connection string is read, and one that is none is refused without being shown.</summary>
public sealed class TableConnectionTests
{
    [Theory]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=mine;AccountKey=AAAA;EndpointSuffix=core.windows.net", "https://mine.table.core.windows.net", "mine")]
    [InlineData("AccountName=mine;AccountKey=AAAA==", "https://mine.table.core.windows.net", "mine")]
    [InlineData("BlobEndpoint=http://b:1/x;TableEndpoint=http://azurite:10002/dev/;AccountName=dev;AccountKey=AAAA;", "http://azurite:10002/dev", "dev")]
    [InlineData("TableEndpoint=https://mine.table.core.windows.net;SharedAccessSignature=?sv=1&sig=x%3D", "https://mine.table.core.windows.net", "mine")]
    [InlineData("UseDevelopmentStorage=true", "http://127.0.0.1:10002/devstoreaccount1", "devstoreaccount1")]
    public void A_connection_string_says_where_and_who(string text, string endpoint, string account)
    {
        bool isOne = TableConnection.TryParse(text.Replace("AAAA==", "AAAAAA==", StringComparison.Ordinal), out TableConnection? found, out string? mistake);

        Assert.True(isOne, mistake);
        Assert.Equal(endpoint, found!.Endpoint);
        Assert.Equal(account, found.Account);
    }

    [Theory]
    [InlineData("")]
    [InlineData("secretsecret")]
    [InlineData("AccountName=mine;AccountKey=!secretsecret!")]
    [InlineData("AccountName=mine")]
    [InlineData("AccountKey=c2VjcmV0c2VjcmV0")]
    [InlineData("TableEndpoint=ftp://secretsecret;AccountName=mine;AccountKey=AAAA")]
    public void What_is_none_is_refused_without_being_shown(string text)
    {
        string? mistake = TableDocument.Mistake(text);

        Assert.NotNull(mistake);
        Assert.DoesNotContain("secretsecret", mistake, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", mistake, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new TableDocument(text, "Probe", "name"));
    }

    [Theory]
    [InlineData("ab")]
    [InlineData("1abc")]
    [InlineData("a-bc")]
    public void A_table_that_the_service_would_refuse_is_refused_at_once(string table) =>
        Assert.Throws<ArgumentException>(() => new TableDocument("UseDevelopmentStorage=true", table, "name"));

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("it's")]
    [InlineData("größe")]
    public void A_name_that_would_need_escaping_is_refused_at_once(string name) =>
        Assert.Throws<ArgumentException>(() => new TableDocument("UseDevelopmentStorage=true", "Probe", name));
}
