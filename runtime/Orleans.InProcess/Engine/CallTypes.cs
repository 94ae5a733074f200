using System.Reflection;
using System.Reflection.Emit;

namespace Orleans.Engine;

/// <summary>An emitted call class.</summary>
/// <param name="Type">The class.</param>
/// <param name="Result">T of Task&lt;T&gt; or ValueTask&lt;T&gt;; null when the method has no result.</param>
internal sealed record CallType(Type Type, Type? Result);

/// <summary>Emits the call class of a grain method.</summary>
internal static class CallTypes
{
    public static string FieldName(int index) => $"Argument{index}";

    public static bool IsSupported(Type type) =>
        type == typeof(void) || type == typeof(Task) || type == typeof(ValueTask)
        || (type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(Task<>) || type.GetGenericTypeDefinition() == typeof(ValueTask<>)));

    public static CallType Emit(ModuleBuilder module, MethodInfo method, int number)
    {
        var result = method.ReturnType.IsGenericType ? method.ReturnType.GetGenericArguments()[0] : null;
        var parent = result is null ? typeof(TaskCall) : typeof(TaskCall<>).MakeGenericType(result);
        var type = module.DefineType($"{method.Name}Call{number}", TypeAttributes.Public | TypeAttributes.Sealed, parent);
        var fields = method.GetParameters()
            .Select((parameter, index) => type.DefineField(FieldName(index), parameter.ParameterType, FieldAttributes.Public))
            .ToArray();
        var traits = type.DefineField("s_traits", typeof(MethodTraits), FieldAttributes.Public | FieldAttributes.Static);
        var copier = result is null
            ? null
            : type.DefineField("s_copyResult", typeof(Func<,>).MakeGenericType(result, result), FieldAttributes.Public | FieldAttributes.Static);
        EmitConstructor(type, parent, traits, copier);
        EmitInvoke(type, method, fields);
        EmitClear(type, fields);

        var made = type.CreateType();
        made.GetField("s_traits")!.SetValue(null, new MethodTraits(method.DeclaringType!, method));
        if (result is not null && !DeepCopy.IsShareable(result) && !method.ReturnParameter.IsDefined(typeof(ImmutableAttribute), false))
        {
            made.GetField("s_copyResult")!.SetValue(
                null, DeepCopy.MethodFor(result).CreateDelegate(typeof(Func<,>).MakeGenericType(result, result)));
        }

        return new CallType(made, result);
    }

    /// <summary>Begins the body of a method that implements one of the interface's.</summary>
    public static ILGenerator Implement(this TypeBuilder type, MethodInfo method)
    {
        var body = type.DefineMethod(
            $"{method.DeclaringType!.Name}.{method.Name}",
            MethodAttributes.Private | MethodAttributes.Virtual | MethodAttributes.Final | MethodAttributes.HideBySig | MethodAttributes.NewSlot,
            method.ReturnType,
            [.. method.GetParameters().Select(parameter => parameter.ParameterType)]);
        type.DefineMethodOverride(body, method);
        return body.GetILGenerator();
    }

    /// <summary>Turns the task on the stack into what the method returns.</summary>
    public static void EmitFromTask(ILGenerator il, Type returned)
    {
        if (returned == typeof(void))
        {
            il.Emit(OpCodes.Pop);
        }
        else if (returned.IsValueType)
        {
            var task = returned.IsGenericType ? typeof(Task<>).MakeGenericType(returned.GetGenericArguments()) : typeof(Task);
            il.Emit(OpCodes.Newobj, returned.GetConstructor([task])!);
        }
    }

    private static void EmitConstructor(TypeBuilder type, Type parent, FieldBuilder traits, FieldBuilder? copier)
    {
        const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        var il = type.DefineConstructor(MethodAttributes.Public, CallingConventions.HasThis, []).GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Call, parent.GetConstructor(Any, [])!);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldsfld, traits);
        il.Emit(OpCodes.Call, typeof(Call).GetProperty(nameof(Call.Traits))!.SetMethod!);
        if (copier is not null)
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldsfld, copier);
            il.Emit(OpCodes.Call, parent.GetProperty(nameof(TaskCall<>.CopyResult))!.SetMethod!);
        }

        il.Emit(OpCodes.Ret);
    }

    private static void EmitInvoke(TypeBuilder type, MethodInfo method, FieldBuilder[] fields)
    {
        var il = Override(type, "InvokeTarget", typeof(Task), [typeof(object)]);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Castclass, method.DeclaringType!);
        foreach (var field in fields)
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldfld, field);
        }

        il.Emit(OpCodes.Callvirt, method);
        if (method.ReturnType == typeof(void))
        {
            il.Emit(OpCodes.Call, typeof(Task).GetProperty(nameof(Task.CompletedTask))!.GetMethod!);
        }
        else if (method.ReturnType.IsValueType)
        {
            var pending = il.DeclareLocal(method.ReturnType);
            il.Emit(OpCodes.Stloc, pending);
            il.Emit(OpCodes.Ldloca, pending);
            il.Emit(OpCodes.Call, method.ReturnType.GetMethod(nameof(ValueTask.AsTask))!);
        }

        il.Emit(OpCodes.Ret);
    }

    private static void EmitClear(TypeBuilder type, FieldBuilder[] fields)
    {
        var il = Override(type, "ClearArguments", typeof(void), []);
        foreach (var field in fields.Where(field => !field.FieldType.IsPrimitive && !field.FieldType.IsEnum))
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldflda, field);
            il.Emit(OpCodes.Initobj, field.FieldType);
        }

        il.Emit(OpCodes.Ret);
    }

    private static ILGenerator Override(TypeBuilder type, string name, Type returned, Type[] parameters) =>
        type.DefineMethod(
            name, MethodAttributes.Family | MethodAttributes.Virtual | MethodAttributes.HideBySig, returned, parameters).GetILGenerator();
}
