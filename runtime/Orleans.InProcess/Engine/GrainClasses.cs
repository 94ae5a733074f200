using System.Collections.Concurrent;
using System.Reflection;
using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>Finds the class behind a grain interface among the assemblies that use this one.</summary>
internal static class GrainClasses
{
    private static readonly string OwnName = typeof(GrainClasses).Assembly.GetName().Name!;
    private static readonly ConcurrentDictionary<Type, GrainClass> ByInterface = new();
    private static readonly ConcurrentDictionary<Type, GrainClass> ByType = new();
    private static readonly ConcurrentDictionary<GrainType, GrainClass> ByName = new();

    /// <summary>The class that implements the interface.</summary>
    /// <exception cref="ArgumentException">None does, or several do and none has the interface's name.</exception>
    public static GrainClass Of(Type grainInterface) => ByInterface.GetOrAdd(grainInterface, Find);

    /// <summary>The class of that name, if a grain of it was ever named here.</summary>
    public static GrainClass? Named(GrainType name) => ByName.GetValueOrDefault(name);

    /// <summary>Every grain interface of the program.</summary>
    public static IEnumerable<Type> Interfaces() => Candidates(null).SelectMany(TypesOf).Where(GrainClass.IsGrainInterface);

    /// <summary>Every type of the program that is marked as one that travels.</summary>
    public static IEnumerable<Type> Travelling() =>
        Candidates(null).SelectMany(TypesOf).Where(type => type.IsDefined(typeof(GenerateSerializerAttribute), false));

    private static GrainClass Find(Type grainInterface)
    {
        var found = Implementations(grainInterface);
        var type = found.Count switch
        {
            1 => found[0],
            0 => throw new ArgumentException($"No class implements {grainInterface}; reference the project that has it from the host."),
            _ => found.SingleOrDefault(type => grainInterface.Name == $"I{type.Name}")
                ?? throw new ArgumentException($"Several classes implement {grainInterface}: {string.Join(", ", found)}. Name one {grainInterface.Name[1..]}."),
        };
        var grainClass = ByType.GetOrAdd(type, static type => new GrainClass(type));
        var named = ByName.GetOrAdd(grainClass.GrainType, grainClass);
        return ReferenceEquals(named, grainClass)
            ? grainClass
            : throw new ArgumentException($"{named.Type} and {type} would both be called '{grainClass.GrainType}'; rename one.");
    }

    private static List<Type> Implementations(Type grainInterface)
    {
        var found = new List<Type>();
        foreach (var assembly in Candidates(grainInterface))
        {
            foreach (var type in TypesOf(assembly))
            {
                if (type is { IsClass: true, IsAbstract: false } && !type.IsSubclassOf(typeof(GrainReference)) && grainInterface.IsAssignableFrom(type))
                {
                    found.Add(type);
                }
            }
        }

        return found;
    }

    /// <summary>Assemblies loaded or reachable from the interface and the program, that reference this one.</summary>
    private static HashSet<Assembly> Candidates(Type? grainInterface)
    {
        var seen = new HashSet<Assembly>();
        var open = new Queue<Assembly>(AppDomain.CurrentDomain.GetAssemblies().Where(assembly => !assembly.IsDynamic));
        open.Enqueue(grainInterface?.Assembly ?? typeof(GrainClasses).Assembly);
        while (open.TryDequeue(out var assembly))
        {
            if (assembly != typeof(GrainClasses).Assembly && !UsesThis(assembly))
            {
                continue;
            }

            if (!seen.Add(assembly))
            {
                continue;
            }

            foreach (var name in assembly.GetReferencedAssemblies())
            {
                // Only those beside the program can hold grains; the framework is not worth loading.
                if (File.Exists(Path.Combine(AppContext.BaseDirectory, name.Name + ".dll")))
                {
                    open.Enqueue(Assembly.Load(name));
                }
            }
        }

        return seen;
    }

    private static bool UsesThis(Assembly assembly) =>
        assembly.GetReferencedAssemblies().Any(name => name.Name == OwnName);

    private static IEnumerable<Type> TypesOf(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException partly)
        {
            return partly.Types.OfType<Type>();
        }
    }
}
