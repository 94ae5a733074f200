using System.Globalization;
using System.Reflection;

namespace OrleansSgd.Torch.Tests.Api;

/// <summary>The public members of an assembly, each as one line that says all that source code can depend on.</summary>
internal static class TorchSurface
{
    private const BindingFlags Own =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>Every line, in order. Names and defaults of parameters count: calls may name and omit them.</summary>
    /// <param name="withInherited">Whether a type also has the members of its base types, under its own name.</param>
    public static SortedSet<string> Lines(Assembly assembly, bool withInherited)
    {
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var type in assembly.GetTypes().Where(IsVisible))
        {
            lines.Add($"{Name(type)}: {Kind(type)}");
            for (var current = type; current is not null && current != typeof(object); current = withInherited ? current.BaseType : null)
                lines.UnionWith(current.GetMembers(Own).SelectMany(Signatures).Select(signature => $"{Name(type)}: {signature}"));
        }

        return lines;
    }

    private static IEnumerable<string> Signatures(MemberInfo member)
    {
        switch (member)
        {
            case ConstructorInfo constructor when IsVisible(constructor) && !constructor.IsStatic:
                yield return $"new({Parameters(constructor.GetParameters())})";
                break;
            case MethodInfo method when IsVisible(method) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)):
                var generics = method.IsGenericMethod ? $"<{string.Join(",", method.GetGenericArguments().Select(Name))}>" : "";
                yield return $"{(method.IsStatic ? "static " : "")}{Name(method.ReturnType)} {method.Name}{generics}({Parameters(method.GetParameters())})";
                break;
            case PropertyInfo property:
                // The name that an indexer has in metadata is no concern of source code.
                var index = property.GetIndexParameters();
                var name = index.Length > 0 ? $"this[{Parameters(index)}]" : property.Name;
                if (IsVisible(property.GetMethod))
                    yield return $"{Name(property.PropertyType)} {name} get";
                if (IsVisible(property.SetMethod))
                    yield return $"{Name(property.PropertyType)} {name} set";
                break;
            case FieldInfo field when (field.IsPublic || field.IsFamily) && !field.IsSpecialName:
                yield return $"{Name(field.FieldType)} {field.Name}{(field.IsLiteral ? $" = {Text(field.GetRawConstantValue())}" : "")}";
                break;
        }
    }

    private static string Kind(Type type) =>
        type.IsEnum ? "enum"
        : type.IsInterface ? "interface"
        : type.IsValueType ? "struct"
        : type is { IsAbstract: true, IsSealed: true } ? "static class"
        : type.IsAbstract ? "abstract class"
        : "class";

    private static string Parameters(ParameterInfo[] parameters) => string.Join(", ", parameters.Select(parameter =>
        (parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "")
        + $"{Name(parameter.ParameterType)} {parameter.Name}"
        + (parameter.HasDefaultValue ? $" = {Text(parameter.RawDefaultValue)}" : "")));

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : "none";

    private static string Name(Type type)
    {
        if (type.IsByRef)
            return $"ref {Name(type.GetElementType()!)}";
        if (type.IsArray)
            return $"{Name(type.GetElementType()!)}[]";
        if (type.IsGenericParameter)
            return type.Name;
        var own = type.Name.Split('`')[0];
        var full = type.IsNested ? $"{Name(type.DeclaringType!).Split('<')[0]}.{own}" : $"{type.Namespace}.{own}";
        return type.IsGenericType ? $"{full}<{string.Join(",", type.GetGenericArguments().Select(Name))}>" : full;
    }

    private static bool IsVisible(Type type) => type.IsNested
        ? (type.IsNestedPublic || type.IsNestedFamily || type.IsNestedFamORAssem) && IsVisible(type.DeclaringType!)
        : type.IsPublic;

    private static bool IsVisible(MethodBase? method) => method is { IsPublic: true } or { IsFamily: true } or { IsFamilyOrAssembly: true };
}
