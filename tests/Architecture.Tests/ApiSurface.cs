using Mono.Cecil;

namespace OrleansSgd.Architecture.Tests;

/// <summary>The public members of some types, each as one line that says its whole signature.</summary>
/// <remarks>Assemblies do not count: a type is its full name, wherever it lives.</remarks>
internal static class ApiSurface
{
    /// <summary>The public types, by full name.</summary>
    public static Dictionary<string, TypeDefinition> PublicTypes(params IEnumerable<ModuleDefinition> modules) =>
        modules.SelectMany(module => module.GetTypes()).Where(IsVisible).ToDictionary(type => type.FullName);

    /// <summary>One line a member, inherited ones not included.</summary>
    public static IEnumerable<string> Members(TypeDefinition type)
    {
        yield return $"kind of {type.FullName}: {Kind(type)}";
        foreach (var method in type.Methods.Where(method => IsVisible(method) && !method.IsSpecialName || IsVisible(method) && method.IsConstructor && !method.IsStatic))
        {
            yield return $"{type.FullName}: {Access(method)}{(method.IsStatic ? "static " : "")}{Signature(method)}";
        }

        foreach (var property in type.Properties)
        {
            foreach (var accessor in new[] { property.GetMethod, property.SetMethod }.Where(accessor => accessor is not null && IsVisible(accessor)))
            {
                yield return $"{type.FullName}: {Access(accessor!)}{(accessor!.IsStatic ? "static " : "")}{Signature(accessor)}";
            }
        }

        foreach (var field in type.Fields.Where(field => field.IsPublic))
        {
            yield return $"{type.FullName}: {(field.IsStatic ? "static " : "")}{Name(field.FieldType)} {field.Name}{Constant(field)}";
        }

        foreach (var conversion in type.Methods.Where(method => method.IsPublic && method.Name.StartsWith("op_", StringComparison.Ordinal)))
        {
            yield return $"{type.FullName}: operator {Signature(conversion)}";
        }
    }

    /// <summary>What one side has and the other lacks, for the types that both have.</summary>
    public static List<string> Missing(Dictionary<string, TypeDefinition> standIn, Dictionary<string, TypeDefinition> real) =>
        [.. standIn
            .Where(entry => real.ContainsKey(entry.Key))
            .SelectMany(entry => Members(entry.Value).Except(MembersAndInherited(real[entry.Key])))
            .Order(StringComparer.Ordinal)];

    /// <summary>The full name without assemblies, generic arguments included.</summary>
    public static string Name(TypeReference type) => type switch
    {
        ArrayType array => $"{Name(array.ElementType)}[]",
        ByReferenceType reference => $"{Name(reference.ElementType)}&",
        GenericInstanceType instance => $"{instance.ElementType.FullName}<{string.Join(",", instance.GenericArguments.Select(Name))}>",
        RequiredModifierType modified => Name(modified.ElementType),
        OptionalModifierType modified => Name(modified.ElementType),
        GenericParameter parameter => $"{(parameter.Type == GenericParameterType.Method ? "!!" : "!")}{parameter.Position}",
        _ => type.FullName,
    };

    /// <summary>An override that the stand-in has and the real type merely inherits is no difference.</summary>
    private static HashSet<string> MembersAndInherited(TypeDefinition type)
    {
        var members = Members(type).ToHashSet();
        foreach (var name in new[] { "System.String ToString()", "System.Boolean Equals(System.Object)", "System.Int32 GetHashCode()" })
        {
            members.Add($"{type.FullName}: {name}");
        }

        return members;
    }

    private static string Signature(MethodDefinition method)
    {
        var parameters = method.Parameters.Select(parameter =>
            Name(parameter.ParameterType) + (parameter.HasConstant ? $" = {parameter.Constant ?? "null"}" : ""));
        var generics = string.Join(",", method.GenericParameters.Select(parameter =>
            string.Join("&", parameter.Constraints.Select(constraint => Name(constraint.ConstraintType)).Append($"{parameter.HasReferenceTypeConstraint}"))));
        return $"{Name(method.ReturnType)} {method.Name}{(generics.Length > 0 ? $"<{generics}>" : "")}({string.Join(", ", parameters)})";
    }

    private static string Constant(FieldDefinition field) => field.HasConstant ? $" = {field.Constant}" : "";

    private static string Kind(TypeDefinition type) =>
        type.IsInterface ? "interface"
        : type.IsEnum ? "enum"
        : type.IsValueType ? "struct"
        : type is { IsAbstract: true, IsSealed: true } ? "static class"
        : type.IsAbstract ? "abstract class"
        : type.IsSealed ? "sealed class"
        : "class";

    private static string Access(MethodDefinition method) => method.IsPublic ? "" : "protected ";

    private static bool IsVisible(MethodDefinition method) =>
        method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsVisible(TypeDefinition type) =>
        type.IsPublic || (type.IsNestedPublic && IsVisible(type.DeclaringType));
}
