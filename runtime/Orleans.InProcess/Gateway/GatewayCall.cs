using Orleans.Engine;
using Orleans.Runtime;

namespace Orleans.Gateway;

/// <summary>A call as it travels: which method of which grain, for how long, in which context, with what.</summary>
internal sealed class GatewayCall
{
    /// <summary>An answer that carries a value.</summary>
    public const byte Done = 0;

    /// <summary>An answer that carries an error.</summary>
    public const byte Failed = 1;

    private const int ContextMax = 64;

    private string? _unknown; // what is to be told instead of a result

    public ulong Number { get; private init; }

    /// <summary>Null when there is no such method here.</summary>
    public WireMethod? Method { get; private init; }

    public object?[] Arguments { get; private init; } = [];

    private GrainReference? Grain { get; init; }

    private TimeSpan Patience { get; init; }

    private Dictionary<string, object>? Context { get; init; }

    /// <summary>Writes the frame of a call.</summary>
    /// <exception cref="Serialization.CodecNotFoundException">An argument cannot travel.</exception>
    /// <exception cref="OrleansException">It is too large.</exception>
    public static WireWriter Write(ulong number, Call call, GrainId id, TimeSpan patience)
    {
        var method = call.Traits.Method!;
        var frame = GatewayFrames.Begin(FrameKind.Call);
        frame.Varint(number);
        frame.Varint(patience > TimeSpan.Zero && patience < TimeSpan.MaxValue ? (ulong)patience.TotalMilliseconds + 1 : 0);
        frame.Text(WireContracts.NameOf(method.DeclaringType!));
        frame.Text(WireContracts.NameOf(method));
        frame.Text(id.Type.ToString());
        frame.Text(id.Key.ToString());
        frame.Count(call.Context?.Count ?? 0);
        foreach (var (key, value) in call.Context ?? [])
        {
            frame.Text(key);
            WireValues.Write(frame, value, typeof(object));
        }

        foreach (var (index, parameter) in method.GetParameters().Index())
        {
            WireValues.Write(frame, call.GetType().GetField(CallTypes.FieldName(index))!.GetValue(call), parameter.ParameterType);
        }

        return frame;
    }

    /// <summary>Reads it.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static GatewayCall Read(WireReader from)
    {
        var number = from.Varint();
        var milliseconds = from.Varint();
        string seenAs = from.Name(), method = from.Name(), type = from.Name(), key = from.Name();
        var context = ReadContext(from);
        if (WireContracts.Interface(seenAs) is not { } grainInterface || WireContracts.Method(grainInterface, method) is not { } known)
        {
            // Another build's; it is told so, and the connection goes on.
            return Unknown(number, $"There is no method {method} of a grain interface {seenAs} here; use one build of grid and client.");
        }

        var id = GrainId.Create(type, key);
        if (!WireContracts.Fits(grainInterface, id))
        {
            return Unknown(number, $"Grain {id} is no {seenAs}.");
        }

        var call = new GatewayCall
        {
            Number = number,
            Method = known,
            Grain = from.Factory.Reference(grainInterface, id),
            Patience = milliseconds is > 0 and <= int.MaxValue ? TimeSpan.FromMilliseconds(milliseconds) : Timeout.InfiniteTimeSpan,
            Context = context,
            Arguments = [.. known.Parameters.Select(parameter => WireValues.Read(from, parameter))],
        };
        return from.Left == 0 ? call : throw from.Wrong($"{from.Left} bytes follow the last argument");
    }

    /// <summary>Makes the call, as a client of the silo.</summary>
    public async Task<object?> InvokeAsync(SiloRuntime silo)
    {
        if (_unknown is not null)
        {
            throw new ArgumentException(_unknown);
        }

        RequestContext.Values = Context;
        return await Method!.InvokeAsync(Grain!, Arguments).WaitAsync(Patience, silo.Time);
    }

    private static GatewayCall Unknown(ulong number, string why) => new() { Number = number, _unknown = why };

    private static Dictionary<string, object>? ReadContext(WireReader from)
    {
        var count = from.Count();
        if (count > ContextMax)
        {
            throw from.Wrong($"a context of {count} values is announced; {ContextMax} are allowed");
        }

        if (count == 0)
        {
            return null;
        }

        var context = new Dictionary<string, object>(count);
        for (var index = 0; index < count; index++)
        {
            context[from.Name()] = WireValues.Read(from, typeof(object)) ?? throw from.Wrong("a value of the context is missing");
        }

        return context;
    }
}
