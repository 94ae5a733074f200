using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            /// <summary>The modules directly below, with their names.</summary>
            public virtual IEnumerable<(string name, Module module)> named_children() => _moduleRegistry;

            /// <summary>Every module below: the direct ones first, then those below each of them. Not this one.</summary>
            public virtual IEnumerable<(string name, Module module)> named_modules()
            {
                foreach (var child in _moduleRegistry)
                    yield return child;
                foreach (var (childName, child) in _moduleRegistry)
                {
                    foreach (var (innerName, module) in child.named_modules())
                        yield return ($"{childName}.{innerName}", module);
                }
            }

            /// <summary>The parameters with dotted names: own ones first, then those of the modules below, in order of registration.</summary>
            /// <param name="recurse">False: only the own ones.</param>
            /// <remarks>A parameter that occurs twice is told once, under its first name.</remarks>
            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
            {
                var seen = new HashSet<IntPtr> { IntPtr.Zero };
                foreach (var (ownName, parameter) in _parameterRegistry)
                {
                    if (seen.Add(parameter.handle))
                        yield return (ownName, parameter);
                }
                if (!recurse)
                    yield break;
                foreach (var (childName, child) in _moduleRegistry)
                {
                    foreach (var (innerName, parameter) in child.named_parameters(true))
                    {
                        if (seen.Add(parameter.handle))
                            yield return ($"{childName}.{innerName}", parameter);
                    }
                }
            }

            /// <summary>The persistent buffers with dotted names, in the order of <see cref="named_parameters"/>.</summary>
            /// <param name="recurse">False: only the own ones.</param>
            /// <param name="include_nonpersistent">Without effect, as in the original: the others are never told.</param>
            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_nonpersistent = true)
            {
                var seen = new HashSet<IntPtr> { IntPtr.Zero };
                foreach (var (ownName, (tensor, isPersistent)) in _bufferRegistry)
                {
                    if (isPersistent && seen.Add(tensor.handle))
                        yield return (ownName, tensor);
                }
                if (!recurse)
                    yield break;
                foreach (var (childName, child) in _moduleRegistry)
                {
                    foreach (var (innerName, tensor) in child.named_buffers(true, include_nonpersistent))
                    {
                        if (seen.Add(tensor.handle))
                            yield return ($"{childName}.{innerName}", tensor);
                    }
                }
            }

            /// <summary><see cref="named_children"/> without names.</summary>
            public virtual IEnumerable<Module> children() => named_children().Select(named => named.module);

            /// <summary><see cref="named_modules"/> without names.</summary>
            public virtual IEnumerable<Module> modules() => named_modules().Select(named => named.module);

            /// <summary><see cref="named_parameters"/> without names.</summary>
            public virtual IEnumerable<Parameter> parameters(bool recurse = true) => named_parameters(recurse).Select(named => named.parameter);

            /// <summary><see cref="named_buffers"/> without names.</summary>
            public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true) =>
                named_buffers(recurse, include_nonpersistent).Select(named => named.buffer);

            /// <summary>Whether there is a parameter of this dotted name.</summary>
            public virtual bool has_parameter(string target) => get_parameter(target) is not null;

            /// <summary>Whether there is a buffer of this dotted name.</summary>
            public virtual bool has_buffer(string target) => get_buffer(target) is not null;

            /// <summary>The parameter of this dotted name, or null.</summary>
            public virtual Parameter? get_parameter(string target)
            {
                if (_parameterRegistry.TryGet(target, out var own))
                    return own;
                return Child(target, out var rest)?.get_parameter(rest);
            }

            /// <summary>The buffer of this dotted name, or null.</summary>
            public virtual Tensor? get_buffer(string target)
            {
                if (_bufferRegistry.TryGet(target, out var own))
                    return own.Tensor;
                return Child(target, out var rest)?.get_buffer(rest);
            }

            private Module? Child(string target, out string rest)
            {
                ArgumentNullException.ThrowIfNull(target);
                var dot = target.IndexOf('.', StringComparison.Ordinal);
                rest = target[(dot + 1)..];
                return dot > 0 && _moduleRegistry.TryGet(target[..dot], out var child) ? child : null;
            }
        }
    }
}
