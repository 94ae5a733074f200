using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Orleans.Engine;
using Orleans.Runtime;

namespace Orleans.Gateway;

/// <summary>How one type lies on the wire.</summary>
internal abstract class WireCodec
{
    /// <summary>Writes a value, which is of the codec's type and not null.</summary>
    public abstract void Write(WireWriter to, object value);

    /// <summary>Reads it.</summary>
    /// <param name="number">Its number as an object; −1 for a value. It is kept as soon as something can point at it.</param>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public abstract object Read(WireReader from, int number);
}

/// <summary>Values as the parameters, results and members that they are declared as.</summary>
/// <remarks>
/// A value type is written bare. Anything else begins with a mark: nothing, the declared type, another type by name, or an object that was written
/// before; so what is one object here is one object there.
/// </remarks>
internal static class WireValues
{
    private const byte Nothing = 0;
    private const byte Declared = 1;
    private const byte Named = 2;
    private const byte Again = 3;

    /// <summary>Writes a value.</summary>
    /// <exception cref="Serialization.CodecNotFoundException">Some part of it is of a type that cannot travel.</exception>
    public static void Write(WireWriter to, object? value, Type declared)
    {
        to.Enter();
        if (declared.IsValueType)
        {
            WriteStruct(to, value, declared);
        }
        else if (declared == typeof(string))
        {
            to.Text((string?)value);
        }
        else
        {
            WriteObject(to, value is IGrainBase grain ? grain.GrainContext.GrainReference : value, declared);
        }

        to.Leave();
    }

    /// <summary>Reads a value.</summary>
    /// <exception cref="InvalidDataException">It is none of that type.</exception>
    public static object? Read(WireReader from, Type declared)
    {
        from.Enter();
        var value = declared.IsValueType ? ReadStruct(from, declared)
            : declared == typeof(string) ? from.Text()
            : ReadObject(from, declared);
        from.Leave();
        return value;
    }

    private static void WriteStruct(WireWriter to, object? value, Type declared)
    {
        if (Nullable.GetUnderlyingType(declared) is not { } inner)
        {
            WireCodecs.Of(declared).Write(to, value!);
            return;
        }

        to.Byte(value is null ? Nothing : Declared);
        if (value is not null)
        {
            WireCodecs.Of(inner).Write(to, value);
        }
    }

    private static object? ReadStruct(WireReader from, Type declared)
    {
        if (Nullable.GetUnderlyingType(declared) is not { } inner)
        {
            return WireCodecs.Of(declared).Read(from, -1);
        }

        return from.Byte() switch
        {
            Nothing => null,
            Declared => WireCodecs.Of(inner).Read(from, -1),
            var mark => throw from.Wrong($"mark {mark} is not known"),
        };
    }

    private static void WriteObject(WireWriter to, object? value, Type declared)
    {
        if (value is null)
        {
            to.Byte(Nothing);
            return;
        }

        var type = value is GrainReference ? typeof(GrainReference) : value.GetType();
        var codec = WireCodecs.Of(type);
        if (to.NumberOf(value) is >= 0 and var number)
        {
            to.Byte(Again);
            to.Count(number);
            return;
        }

        if (type == declared || (type == typeof(GrainReference) && GrainClass.IsGrainInterface(declared)))
        {
            to.Byte(Declared);
        }
        else
        {
            to.Byte(Named);
            to.Text(WireTypes.NameOf(type));
        }

        codec.Write(to, value);
    }

    private static object? ReadObject(WireReader from, Type declared)
    {
        switch (from.Byte())
        {
            case Nothing:
                return null;
            case Declared:
                var own = GrainClass.IsGrainInterface(declared) ? typeof(GrainReference) : declared;
                return Fitting(from, WireCodecs.Of(own).Read(from, from.Reserve()), declared);
            case Named:
                var name = from.Name();
                var type = WireTypes.Named(name) ?? throw from.Wrong($"type '{name}' is not known");
                return Fitting(from, WireCodecs.Of(type).Read(from, from.Reserve()), declared);
            case Again:
                return Fitting(from, from.Known(from.Varint()), declared);
            case var mark:
                throw from.Wrong($"mark {mark} is not known");
        }
    }

    private static object Fitting(WireReader from, object value, Type declared) => declared.IsInstanceOfType(value)
        ? value
        : throw from.Wrong($"a {value.GetType()} stands where a {declared} is expected");
}

/// <summary>Rows of values: those of fixed size in one block, all others one after the other.</summary>
internal static class WireItems
{
    // A count is a claim; what is really there makes a list grow.
    private const int CapacityFirst = 1024;

    public static void Write<T>(WireWriter to, ReadOnlySpan<T> items)
    {
        to.Count(items.Length);
        if (IsBlock<T>())
        {
            to.Bytes(AsBytes(items));
            return;
        }

        foreach (var item in items)
        {
            WireValues.Write(to, item, typeof(T));
        }
    }

    public static T[] Read<T>(WireReader from)
    {
        var count = from.Count();
        if (!IsBlock<T>())
        {
            var items = new List<T>(Math.Min(count, CapacityFirst));
            for (var index = 0; index < count; index++)
            {
                items.Add((T)WireValues.Read(from, typeof(T))!);
            }

            return [.. items];
        }

        if ((long)count * Unsafe.SizeOf<T>() > from.Left)
        {
            throw from.Wrong($"{count} values of {Unsafe.SizeOf<T>()} bytes are announced, but only {from.Left} bytes are left");
        }

        var block = new T[count];
        from.Bytes(count * Unsafe.SizeOf<T>()).CopyTo(MemoryMarshal.CreateSpan(
            ref Unsafe.As<T, byte>(ref MemoryMarshal.GetArrayDataReference(block)), count * Unsafe.SizeOf<T>()));
        return block;
    }

    // A bool is not among them: most bytes are none.
    private static bool IsBlock<T>() => typeof(T).IsPrimitive && typeof(T) != typeof(bool) && typeof(T) != typeof(nint) && typeof(T) != typeof(nuint);

    private static ReadOnlySpan<byte> AsBytes<T>(ReadOnlySpan<T> items) => MemoryMarshal.CreateReadOnlySpan(
        ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(items)), items.Length * Unsafe.SizeOf<T>());
}
