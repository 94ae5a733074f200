using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>Makes a reference of one interface to one grain.</summary>
internal delegate GrainReference ProxyFactory(GrainFactory factory, GrainId id, GrainClass grainClass);

/// <summary>Emits, once per grain interface, a reference class and one call class per method.</summary>
/// <remarks>
/// A call class holds the arguments in typed fields and calls the grain directly, so that a call needs neither
/// reflection nor boxing. What the emitted code looks like in C#:
/// <code>
/// Task&lt;int&gt; Add(int by)
/// {
///     var call = Spare&lt;AddCall&gt;.Take() ?? new AddCall();
///     call.by = by;                         // DeepCopy.Of(by) when it may not be shared
///     return SendFor&lt;int, AddCall&gt;(call);
/// }
/// </code>
/// </remarks>
internal static class ProxyTypes
{
    private static readonly ConcurrentDictionary<Type, ProxyFactory> Known = new();
    private static readonly ConstructorInfo AccessAttribute =
        typeof(IgnoresAccessChecksToAttribute).GetConstructor([typeof(string)])!;

    public static ProxyFactory Of(Type grainInterface) => Known.GetOrAdd(grainInterface, Emit);

    private static ProxyFactory Emit(Type grainInterface)
    {
        if (!GrainClass.IsGrainInterface(grainInterface))
        {
            throw new ArgumentException($"{grainInterface} is not a grain interface; derive it from IGrainWithStringKey.");
        }

        var methods = new[] { grainInterface }.Concat(grainInterface.GetInterfaces())
            .SelectMany(type => type.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(method => method.IsAbstract)
            .ToArray();
        foreach (var method in methods)
        {
            Check(method);
        }

        var module = Module(grainInterface, methods);
        var proxy = module.DefineType(
            $"{grainInterface.Name}Reference", TypeAttributes.Public | TypeAttributes.Sealed, typeof(GrainReference), [grainInterface]);
        EmitConstructor(proxy);
        foreach (var (method, index) in methods.Select((method, index) => (method, index)))
        {
            var call = CallTypes.Emit(module, method, index);
            EmitMethod(proxy, method, call);
        }

        return CreateFactory(proxy.CreateType());
    }

    private static void Check(MethodInfo method)
    {
        var name = $"{method.DeclaringType}.{method.Name}";
        if (method.IsGenericMethodDefinition || method.IsSpecialName)
        {
            throw new NotSupportedException($"{name} is generic, a property or an event; grain interfaces of this runtime have plain methods only.");
        }

        if (!CallTypes.IsSupported(method.ReturnType))
        {
            throw new NotSupportedException($"{name} returns {method.ReturnType}; return Task, Task<T>, ValueTask, ValueTask<T> or void.");
        }

        if (method.GetParameters().FirstOrDefault(parameter => parameter.ParameterType.IsByRef) is { } byReference)
        {
            throw new NotSupportedException($"{name} takes {byReference.Name} by reference; grains may be on another machine.");
        }
    }

    private static ModuleBuilder Module(Type grainInterface, MethodInfo[] methods)
    {
        var assembly = AssemblyBuilder.DefineDynamicAssembly(
            new AssemblyName($"Orleans.InProcess.Emitted.{grainInterface.Name}"), AssemblyBuilderAccess.Run);

        // Grain interfaces and their types may be internal, and so is the engine.
        var used = methods.SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType))
            .SelectMany(Parts)
            .Concat(grainInterface.GetInterfaces())
            .Append(grainInterface)
            .Append(typeof(ProxyTypes))
            .Select(type => type.Assembly.GetName().Name!)
            .Distinct();
        foreach (var name in used)
        {
            assembly.SetCustomAttribute(new CustomAttributeBuilder(AccessAttribute, [name]));
        }

        return assembly.DefineDynamicModule("Emitted");
    }

    private static IEnumerable<Type> Parts(Type type) =>
        type.HasElementType ? Parts(type.GetElementType()!)
        : type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts).Append(type)
        : [type];

    private static void EmitConstructor(TypeBuilder proxy)
    {
        Type[] parameters = [typeof(GrainFactory), typeof(GrainId), typeof(GrainClass)];
        var inherited = typeof(GrainReference).GetConstructor(BindingFlags.Instance | BindingFlags.NonPublic, parameters)!;
        var il = proxy.DefineConstructor(MethodAttributes.Public, CallingConventions.HasThis, parameters).GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldarg_2);
        il.Emit(OpCodes.Ldarg_3);
        il.Emit(OpCodes.Call, inherited);
        il.Emit(OpCodes.Ret);
    }

    private static void EmitMethod(TypeBuilder proxy, MethodInfo method, CallType call)
    {
        var parameters = method.GetParameters();
        var il = proxy.Implement(method);
        var local = il.DeclareLocal(call.Type);
        var have = il.DefineLabel();
        il.Emit(OpCodes.Call, typeof(Spare<>).MakeGenericType(call.Type).GetMethod(nameof(Spare<>.Take))!);
        il.Emit(OpCodes.Dup);
        il.Emit(OpCodes.Brtrue, have);
        il.Emit(OpCodes.Pop);
        il.Emit(OpCodes.Newobj, call.Type.GetConstructor([])!);
        il.MarkLabel(have);
        il.Emit(OpCodes.Stloc, local);
        for (var index = 0; index < parameters.Length; index++)
        {
            var type = parameters[index].ParameterType;
            il.Emit(OpCodes.Ldloc, local);
            il.Emit(OpCodes.Ldarg, index + 1);
            if (!DeepCopy.IsShareable(type) && !parameters[index].IsDefined(typeof(ImmutableAttribute), false))
            {
                il.Emit(OpCodes.Call, DeepCopy.MethodFor(type));
            }

            il.Emit(OpCodes.Stfld, call.Type.GetField(CallTypes.FieldName(index))!);
            if (type == typeof(CancellationToken))
            {
                il.Emit(OpCodes.Ldloc, local);
                il.Emit(OpCodes.Ldarg, index + 1);
                il.Emit(OpCodes.Stfld, typeof(Call).GetField(nameof(Call.Token))!);
            }
        }

        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldloc, local);
        il.Emit(OpCodes.Call, call.Result is null
            ? SendMethod(nameof(GrainReference.Send)).MakeGenericMethod(call.Type)
            : SendMethod(nameof(GrainReference.SendFor)).MakeGenericMethod(call.Result, call.Type));
        CallTypes.EmitFromTask(il, method.ReturnType);
        il.Emit(OpCodes.Ret);
    }

    private static MethodInfo SendMethod(string name) =>
        typeof(GrainReference).GetMethod(name, BindingFlags.Instance | BindingFlags.NonPublic)!;

    private static ProxyFactory CreateFactory(Type proxy)
    {
        Type[] parameters = [typeof(GrainFactory), typeof(GrainId), typeof(GrainClass)];
        var create = new DynamicMethod("Create", typeof(GrainReference), parameters, typeof(ProxyTypes).Module, skipVisibility: true);
        var il = create.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldarg_2);
        il.Emit(OpCodes.Newobj, proxy.GetConstructor(parameters)!);
        il.Emit(OpCodes.Ret);
        return create.CreateDelegate<ProxyFactory>();
    }
}
