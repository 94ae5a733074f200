namespace TorchSharp.Utils;

/// <summary>Gives a module's field the name under which it is registered.</summary>
[AttributeUsage(AttributeTargets.Field)]
public sealed class ComponentNameAttribute : Attribute
{
    /// <summary>The name, such as <c>weight</c> for a field <c>_weight</c>.</summary>
    public string Name { get; set; } = "";
}
