using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Numerics;
using System.Runtime.CompilerServices;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Orleans.Gateway;

/// <summary>Finds the codec of a type. What can travel is what <see cref="Engine.DeepCopy"/> copies or shares, as far as it has a form outside the process.</summary>
internal static class WireCodecs
{
    private static readonly ConcurrentDictionary<Type, WireCodec> Known = new(Simple());

    private static readonly Dictionary<Type, Type> Generic = new()
    {
        [typeof(List<>)] = typeof(ListCodec<>),
        [typeof(HashSet<>)] = typeof(SetCodec<>),
        [typeof(Queue<>)] = typeof(QueueCodec<>),
        [typeof(Stack<>)] = typeof(StackCodec<>),
        [typeof(Dictionary<,>)] = typeof(DictionaryCodec<,>),
        [typeof(Memory<>)] = typeof(MemoryCodec<>),
        [typeof(ReadOnlyMemory<>)] = typeof(ReadOnlyMemoryCodec<>),
        [typeof(ArraySegment<>)] = typeof(SegmentCodec<>),
        [typeof(ImmutableArray<>)] = typeof(ImmutableArrayCodec<>),
        [typeof(ImmutableList<>)] = typeof(ImmutableListCodec<>),
        [typeof(ImmutableHashSet<>)] = typeof(ImmutableSetCodec<>),
        [typeof(ImmutableDictionary<,>)] = typeof(ImmutableDictionaryCodec<,>),
    };

    /// <summary>The codec of values that are exactly of this type.</summary>
    /// <exception cref="CodecNotFoundException">Such values cannot travel.</exception>
    public static WireCodec Of(Type type) => Known.GetOrAdd(type, Make);

    /// <summary>Types with a form of their own, for names on the wire.</summary>
    public static IEnumerable<Type> Named => Simple().Select(entry => entry.Key).Concat(Generic.Keys);

    private static WireCodec Make(Type type)
    {
        if (type.IsEnum)
        {
            return new EnumCodec(type);
        }

        if (type.IsSZArray)
        {
            return (WireCodec)Activator.CreateInstance(typeof(ArrayCodec<>).MakeGenericType(type.GetElementType()!))!;
        }

        if (type.IsGenericType && Generic.TryGetValue(type.GetGenericTypeDefinition(), out var codec))
        {
            return (WireCodec)Activator.CreateInstance(codec.MakeGenericType(type.GetGenericArguments()))!;
        }

        if (typeof(Exception).IsAssignableFrom(type))
        {
            return new ErrorCodec();
        }

        if (!type.IsAbstract && (type.IsDefined(typeof(GenerateSerializerAttribute), false) || typeof(ITuple).IsAssignableFrom(type)
            || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>))))
        {
            return new MemberCodec(type);
        }

        throw new CodecNotFoundException(
            $"{type} cannot travel to another process: mark it [GenerateSerializer] and its members [Id(n)], or send something that has a form outside this one.");
    }

    private static Dictionary<Type, WireCodec> Simple() => new()
    {
        [typeof(bool)] = new OneCodec<bool>((to, value) => to.Byte(value ? (byte)1 : (byte)0), from => from.Byte() switch
        {
            0 => false,
            1 => true,
            var other => throw from.Wrong($"{other} is neither true nor false"),
        }),
        [typeof(byte)] = Block<byte>(),
        [typeof(sbyte)] = Block<sbyte>(),
        [typeof(char)] = Block<char>(),
        [typeof(short)] = Block<short>(),
        [typeof(ushort)] = Block<ushort>(),
        [typeof(int)] = Whole<int>(value => value, value => checked((int)value)),
        [typeof(long)] = Whole<long>(value => value, value => value),
        [typeof(uint)] = new OneCodec<uint>((to, value) => to.Varint(value), from => Checked(from, from.Varint(), uint.MaxValue)),
        [typeof(ulong)] = new OneCodec<ulong>((to, value) => to.Varint(value), from => from.Varint()),
        [typeof(float)] = Block<float>(),
        [typeof(double)] = Block<double>(),
        [typeof(Half)] = Block<Half>(),
        [typeof(Int128)] = Block<Int128>(),
        [typeof(UInt128)] = Block<UInt128>(),
        [typeof(Guid)] = Block<Guid>(),
        [typeof(decimal)] = Texted(value => value.ToString(CultureInfo.InvariantCulture), text => decimal.Parse(text, CultureInfo.InvariantCulture)),
        [typeof(BigInteger)] = Texted(value => value.ToString(CultureInfo.InvariantCulture), text => BigInteger.Parse(text, CultureInfo.InvariantCulture)),
        [typeof(TimeSpan)] = Whole<TimeSpan>(value => value.Ticks, value => new TimeSpan(value)),
        [typeof(DateTime)] = Whole<DateTime>(value => value.ToBinary(), DateTime.FromBinary),
        [typeof(DateOnly)] = Whole<DateOnly>(value => value.DayNumber, value => DateOnly.FromDayNumber(checked((int)value))),
        [typeof(TimeOnly)] = Whole<TimeOnly>(value => value.Ticks, value => new TimeOnly(value)),
        [typeof(DateTimeOffset)] = Texted(
            value => value.ToString("O", CultureInfo.InvariantCulture), text => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture)),
        [typeof(string)] = Texted(value => value, text => text),
        [typeof(Version)] = Texted(value => value.ToString(), Version.Parse),
        [typeof(Uri)] = Texted(value => value.OriginalString, text => new Uri(text, UriKind.RelativeOrAbsolute)),
        [typeof(CultureInfo)] = Texted(value => value.Name, CultureInfo.GetCultureInfo),
        [typeof(IPAddress)] = Texted(value => value.ToString(), IPAddress.Parse),
        [typeof(IPEndPoint)] = Texted(value => value.ToString(), IPEndPoint.Parse),
        [typeof(SiloAddress)] = Texted(value => value.ToParsableString(), SiloAddress.FromParsableString),
        [typeof(IdSpan)] = Texted(value => value.ToString(), IdSpan.Create),
        [typeof(GrainType)] = Texted(value => value.ToString(), GrainType.Create),
        [typeof(GrainId)] = new OneCodec<GrainId>(
            (to, value) =>
            {
                to.Text(value.Type.ToString());
                to.Text(value.Key.ToString());
            },
            from => GrainId.Create(from.Name(), from.Name())),
        [typeof(CancellationToken)] = new OneCodec<CancellationToken>((_, _) => { }, _ => default),
        [typeof(GrainReference)] = new ReferenceCodec(),
        [typeof(object)] = new OneCodec<object>((_, _) => { }, _ => new object()),
    };

    private static OneCodec<T> Block<T>()
        where T : unmanaged => new((to, value) => to.Block(value), from => from.Block<T>());

    // Small numbers of either sign in few bytes: the sign is the lowest bit.
    private static OneCodec<T> Whole<T>(Func<T, long> number, Func<long, T> value)
        where T : notnull => new(
            (to, one) => to.Varint((ulong)((number(one) << 1) ^ (number(one) >> 63))),
            from => Made(from, from.Varint(), bits => value((long)(bits >> 1) ^ -(long)(bits & 1))));

    private static OneCodec<T> Texted<T>(Func<T, string> text, Func<string, T> value)
        where T : notnull => new((to, one) => to.Text(text(one)), from => Made(from, from.Name(), value));

    private static T Made<TBits, T>(WireReader from, TBits bits, Func<TBits, T> make)
    {
        try
        {
            return make(bits);
        }
        catch (Exception error) when (error is ArgumentException or FormatException or OverflowException)
        {
            throw from.Wrong($"'{bits}' is no {typeof(T).Name}");
        }
    }

    private static uint Checked(WireReader from, ulong value, uint valueMax) =>
        value <= valueMax ? (uint)value : throw from.Wrong($"{value} is above {valueMax}");
}

/// <summary>A type that is written by one function and read by another.</summary>
internal sealed class OneCodec<T>(Action<WireWriter, T> write, Func<WireReader, T> read) : WireCodec
    where T : notnull
{
    public override void Write(WireWriter to, object value) => write(to, (T)value);

    public override object Read(WireReader from, int number)
    {
        object value = read(from);
        from.Keep(number, value);
        return value;
    }
}

/// <summary>An enumeration, as the number it stands for. Numbers without a name pass: they may be flags, or newer.</summary>
internal sealed class EnumCodec(Type type) : WireCodec
{
    private readonly Type _under = Enum.GetUnderlyingType(type);

    public override void Write(WireWriter to, object value) =>
        WireCodecs.Of(_under).Write(to, Convert.ChangeType(value, _under, CultureInfo.InvariantCulture));

    public override object Read(WireReader from, int number)
    {
        var value = Enum.ToObject(type, WireCodecs.Of(_under).Read(from, -1));
        from.Keep(number, value);
        return value;
    }
}

/// <summary>A grain that is passed: how it is seen, and which one it is.</summary>
internal sealed class ReferenceCodec : WireCodec
{
    public override void Write(WireWriter to, object value)
    {
        var reference = (GrainReference)value;
        to.Text(WireContracts.NameOf(WireContracts.InterfaceOf(reference)));
        to.Text(reference.GrainId.Type.ToString());
        to.Text(reference.GrainId.Key.ToString());
    }

    public override object Read(WireReader from, int number)
    {
        var name = from.Name();
        var seenAs = WireContracts.Interface(name) ?? throw from.Wrong($"there is no grain interface '{name}'");
        var id = GrainId.Create(from.Name(), from.Name());
        if (!WireContracts.Fits(seenAs, id))
        {
            throw from.Wrong($"grain {id} is no {name}");
        }

        object reference = from.Factory.Reference(seenAs, id);
        from.Keep(number, reference);
        return reference;
    }
}
