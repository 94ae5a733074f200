using OrleansSgd.Deployment.Tests.Texts;

namespace OrleansSgd.Deployment.Tests.Azure;

/// <summary>Goal: the Azure template is whole and agrees with the silo. Method: rules, each shown to catch a planted mistake.</summary>
public sealed class BicepTests
{
    private static readonly string Text = Checkout.Read("infra/azure/main.bicep");

    [Fact]
    public void The_template_keeps_every_rule() => Assert.Empty(BicepRules.Findings(Text));

    [Theory]
    [InlineData("  properties: {\n    publicAccess: 'None'\n  }\n", "  properties: {\n    publicAccess: 'None'\n", "is not closed")]
    [InlineData("kind: 'StorageV2'", "kind: 'StorageV2", "a string is not closed")]
    [InlineData("managedEnvironmentId: grid.id", "managedEnvironmentId: grids.id", "'grids' is not declared")]
    [InlineData("${prefix}-logs", "${prefx}-logs", "'prefx' is not declared")]
    [InlineData("var unique =", "var spare = 1\nvar unique =", "spare is declared but not used")]
    [InlineData("storageAccounts@2023-05-01'", "storageAccounts'", "no resource type with a version")]
    [InlineData("@secure()\nparam tokens", "param tokens", "mark it @secure()")]
    [InlineData("@description('Silos.", "@metadata('Silos.", "is not described")]
    [InlineData("name: 'GRID_CHECKPOINT'", "name: 'GRID_CHEKPOINT'", "which no silo reads")]
    [InlineData("name: 'GRID_TOKENS_FILE'", "name: 'OTEL_SERVICE_NAME'", "without GRID_CERTIFICATE and GRID_TOKENS_FILE")]
    [InlineData("STORE_CONNECTION'\n              secretRef: 'storage-connection'", "STORE_CONNECTION'\n              value: 'AccountKey=x'", "use secretRef")]
    [InlineData("secretRef: 'tokens'", "secretRef: 'token'", "Secret 'token' is not among")]
    [InlineData("path: '/health/ready'", "path: '/healthz'", "A probe asks HTTPS /healthz")]
    [InlineData("port: 8265\n                scheme", "port: 8080\n                scheme", "on 8265")]
    public void A_planted_mistake_is_caught(string old, string planted, string sentence) => Assert.Contains(
        BicepRules.Findings(Checkout.Plant(Text, old, planted)), finding => finding.Contains(sentence, StringComparison.Ordinal));
}
