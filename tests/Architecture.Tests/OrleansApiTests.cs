using System.Reflection;
using Mono.Cecil;

namespace OrleansSgd.Architecture.Tests;

/// <summary>The stand-in has no member that the real Orleans has not, or has otherwise.</summary>
public sealed class OrleansApiTests
{
    private static readonly Dictionary<string, TypeDefinition> Real = ApiSurface.PublicTypes(
        Setting("OrleansApiPackages").Split(';').Select(Package));

    private static readonly Dictionary<string, TypeDefinition> StandIn =
        ApiSurface.PublicTypes([ModuleDefinition.ReadModule(Setting("StandIn"))]);

    [Fact]
    public void Every_public_member_of_the_stand_in_exists_in_the_real_packages_with_the_same_signature()
    {
        var missing = ApiSurface.Missing(StandIn, Real);
        if (Setting("OrleansApiPackages").Contains("Runtime", StringComparison.Ordinal))
        {
            // With all assemblies at hand, a type that none of them has is wrong too.
            missing.AddRange(StandIn.Keys.Where(type => !Real.ContainsKey(type)));
        }

        Assert.True(missing.Count == 0, $"The stand-in has what Orleans has not:\n{string.Join("\n", missing)}");
    }

    [Fact]
    public void The_comparison_has_something_to_compare()
    {
        var common = StandIn.Keys.Where(Real.ContainsKey).ToArray();

        Assert.Contains("Orleans.Grain", common);
        Assert.Contains("Orleans.TestingHost.InProcessTestCluster", common);
        Assert.True(common.Length > 40, $"Only {common.Length} types are compared.");
    }

    [Theory]
    [InlineData("Orleans.Grain", "DeactivateOnIdle")]
    [InlineData("Orleans.TestingHost.InProcessTestCluster", "KillSiloAsync")]
    public void A_member_with_another_name_is_caught(string type, string member)
    {
        using var planted = ModuleDefinition.ReadModule(Setting("StandIn"));
        planted.GetType(type).Methods.Single(method => method.Name == member).Name = member + "Soon";

        var missing = ApiSurface.Missing(ApiSurface.PublicTypes([planted]), Real);

        Assert.Contains(missing, line => line.Contains($" {member}Soon(", StringComparison.Ordinal));
    }

    [Fact]
    public void A_member_with_another_parameter_or_constant_is_caught()
    {
        using var planted = ModuleDefinition.ReadModule(Setting("StandIn"));
        var factory = planted.GetType("Orleans.IGrainFactory").Methods.First(method => method.Name == "GetGrain" && method.Parameters.Count == 2);
        factory.Parameters[1].ParameterType = planted.TypeSystem.Int32;
        planted.GetType("Orleans.Runtime.GrainLifecycleStage").Fields.Single(field => field.Name == "Activate").Constant = 1999;

        var missing = ApiSurface.Missing(ApiSurface.PublicTypes([planted]), Real);

        Assert.Contains(missing, line => line.Contains("IGrainFactory", StringComparison.Ordinal));
        Assert.Contains(missing, line => line.Contains("Activate = 1999", StringComparison.Ordinal));
    }

    private static ModuleDefinition Package(string name)
    {
        var root = Path.Combine(
            Setting("OrleansPackages"), $"microsoft.orleans.{name}".ToLowerInvariant(), Setting("OrleansApiVersion"), "lib");
        var file = Directory.EnumerateFiles(root, $"Orleans.{name}.dll", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last();
        return ModuleDefinition.ReadModule(file);
    }

    private static string Setting(string key) => typeof(OrleansApiTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
