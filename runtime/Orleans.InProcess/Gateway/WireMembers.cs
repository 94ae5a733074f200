using System.Reflection;
using System.Runtime.CompilerServices;

namespace Orleans.Gateway;

/// <summary>A [GenerateSerializer] type, a tuple or a pair: its members, each with its number and its size before it.</summary>
/// <remarks>A member that the reader does not know is passed over, one that is not there keeps its default: builds may differ by members.</remarks>
internal sealed class MemberCodec : WireCodec
{
    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    // Numbers are unique within one class; a base class has its own, and so do members that travel without one.
    private const int LevelShift = 20;
    private const uint Unnumbered = 1u << 19;

    private readonly Type _type;
    private readonly Func<object> _create;
    private readonly (uint Number, FieldInfo Field)[] _members;
    private readonly Dictionary<ulong, FieldInfo> _byNumber;

    public MemberCodec(Type type)
    {
        _type = type;
        _create = !type.IsValueType && type.GetConstructor(Own, []) is { } constructor
            ? () => constructor.Invoke([])
            : () => RuntimeHelpers.GetUninitializedObject(type);
        _members = [.. Members(type)];
        _byNumber = _members.ToDictionary(member => (ulong)member.Number, member => member.Field);
    }

    public override void Write(WireWriter to, object value)
    {
        to.Count(_members.Length);
        foreach (var (number, field) in _members)
        {
            to.Varint(number);
            var begun = to.BeginSized();
            WireValues.Write(to, field.GetValue(value), field.FieldType);
            to.EndSized(begun);
        }
    }

    public override object Read(WireReader from, int number)
    {
        var value = _create();
        from.Keep(number, value);
        for (var left = from.Count(); left > 0; left--)
        {
            if (!_byNumber.TryGetValue(from.Varint(), out var field))
            {
                from.Skip();
                continue;
            }

            var around = from.BeginSized();
            field.SetValue(value, WireValues.Read(from, field.FieldType));
            from.EndSized(around);
        }

        return value;
    }

    /// <inheritdoc/>
    public override string ToString() => $"members of {_type}";

    // As DeepCopy has it: of records and tuples everything, of other types what has an [Id].
    private static IEnumerable<(uint Number, FieldInfo Field)> Members(Type type)
    {
        var isTuple = typeof(ITuple).IsAssignableFrom(type) || type.Namespace == "System.Collections.Generic";
        var levels = new Stack<Type>();
        for (var level = type; level is not null && level != typeof(object) && level != typeof(ValueType); level = level.BaseType)
        {
            levels.Push(level);
        }

        foreach (var (depth, level) in levels.Index())
        {
            var isWhole = isTuple || level.GetMethod("<Clone>$", Own) is not null || level.GetMethod("PrintMembers", Own) is not null;
            foreach (var (order, field) in level.GetFields(Own).Index())
            {
                if (NumberOf(level, field) is { } number)
                {
                    yield return (((uint)depth << LevelShift) | number, field);
                }
                else if (isWhole)
                {
                    yield return (((uint)depth << LevelShift) | Unnumbered | (uint)order, field);
                }
            }
        }
    }

    private static uint? NumberOf(Type level, FieldInfo field)
    {
        var property = field.Name.StartsWith('<') && field.Name.Contains(">k__BackingField", StringComparison.Ordinal)
            ? level.GetProperty(field.Name[1..field.Name.IndexOf('>')], Own)
            : null;
        return (property?.GetCustomAttribute<IdAttribute>() ?? field.GetCustomAttribute<IdAttribute>())?.Id;
    }
}
