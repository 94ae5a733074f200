using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>An empty sequence, for <c>append</c>.</summary>
        public static Sequential Sequential() => new();

        /// <summary>Modules with names, one after the other.</summary>
        public static Sequential Sequential(params (string name, Module<Tensor, Tensor> submodule)[] modules) =>
            Sequential((IEnumerable<(string, Module<Tensor, Tensor>)>)modules);

        /// <summary>Modules called 0, 1, 2, …, one after the other.</summary>
        public static Sequential Sequential(params Module<Tensor, Tensor>[] modules) => Sequential((IEnumerable<Module<Tensor, Tensor>>)modules);

        /// <summary>Modules with names, one after the other.</summary>
        public static Sequential Sequential(IEnumerable<(string name, Module<Tensor, Tensor> submodule)> modules)
        {
            ArgumentNullException.ThrowIfNull(modules);
            var sequence = new Sequential();
            foreach (var (name, submodule) in modules)
                sequence.append(name, submodule);
            return sequence;
        }

        /// <summary>Modules called 0, 1, 2, …, one after the other.</summary>
        public static Sequential Sequential(IEnumerable<Module<Tensor, Tensor>> modules)
        {
            ArgumentNullException.ThrowIfNull(modules);
            var sequence = new Sequential();
            foreach (var submodule in modules)
                sequence.append(submodule);
            return sequence;
        }

        /// <summary>Modules called 0, 1, 2, …, to be called as the owner likes.</summary>
        public static ModuleList<Module> ModuleList(params Module[] modules) => new(modules);

        /// <summary>Modules called 0, 1, 2, …, to be called as the owner likes.</summary>
        public static ModuleList<T> ModuleList<T>(params T[] modules) where T : Module => new(modules);
    }
}
