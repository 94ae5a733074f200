using System.Reflection;
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Parameters, buffers and other modules under names: a network or a part of one.</summary>
        /// <remarks>
        /// A derived class ends its constructor with <see cref="RegisterComponents"/>, which takes the names of its fields. The order of
        /// registration is the order of every enumeration, and with it of a flat parameter vector.
        /// </remarks>
        public partial class Module : IDisposable
        {
            private readonly Registry<Parameter> _parameterRegistry = new();
            private readonly Registry<(Tensor Tensor, bool IsPersistent)> _bufferRegistry = new();
            private readonly Registry<Module> _moduleRegistry = new();
            private bool _areComponentsRegistered;
            private bool _isTraining = true;

            /// <summary>Begins a module without components.</summary>
            /// <param name="name">What <see cref="GetName"/> says; not part of any parameter's name.</param>
            protected Module(string name)
            {
                this.name = name;
            }

            /// <summary>The name given to the constructor.</summary>
            protected string? name;

            /// <summary>True from the beginning and after <see cref="train"/>: batches are normalised by themselves, dropout drops.</summary>
            public virtual bool training => _isTraining;

            /// <summary>True once the module and what it owns were freed.</summary>
            internal bool IsDisposed { get; private set; }

            /// <summary>The name given to the constructor.</summary>
            public virtual string GetName() => name ?? GetType().Name;

            /// <summary>Turns training on or off, here and in every module below.</summary>
            public virtual void train(bool train = true)
            {
                _isTraining = train;
                foreach (var (_, child) in named_children())
                    child.train(train);
            }

            /// <summary>Turns training off, here and in every module below.</summary>
            public virtual void eval() => train(false);

            /// <summary>Calls <paramref name="fn"/> with every module below, then with this one.</summary>
            public virtual Module apply(Action<Module> fn)
            {
                ArgumentNullException.ThrowIfNull(fn);
                foreach (var (_, child) in _moduleRegistry)
                    child.apply(fn);
                fn(this);
                return this;
            }

            /// <summary>Forgets the gradients, or makes them zero where <paramref name="set_to_none"/> is false and they exist.</summary>
            public virtual void zero_grad(bool set_to_none = true)
            {
                foreach (var (_, parameter) in named_parameters())
                {
                    using var gradient = parameter.grad;
                    if (gradient is null)
                        continue;
                    if (set_to_none)
                        parameter.grad = null;
                    else
                        gradient.zero_();
                }
            }

            /// <summary>Adds a parameter.</summary>
            /// <exception cref="InvalidOperationException">The name is taken.</exception>
            public virtual void register_parameter(string name, Parameter param)
            {
                if (param is null || param.IsInvalid)
                    throw new ArgumentNullException(nameof(param), $"Parameter {name} has no tensor: make it of one that is alive.");
                if (!_parameterRegistry.TryAdd(name, param))
                    throw new InvalidOperationException($"Parameter {name} is already registered.");
            }

            /// <summary>Adds a tensor that belongs to the module and is not trained.</summary>
            /// <param name="persistent">Whether <see cref="state_dict"/> contains it.</param>
            /// <exception cref="InvalidOperationException">The name is taken.</exception>
            public virtual void register_buffer(string name, Tensor tensor, bool persistent = true)
            {
                if (tensor is null || tensor.IsInvalid)
                    throw new ArgumentNullException(nameof(tensor), $"Buffer {name} has no tensor: give one that is alive.");
                if (!_bufferRegistry.TryAdd(name, (tensor, persistent)))
                    throw new InvalidOperationException($"Tensor {name} is already registered.");
            }

            /// <summary>Adds a module; its parameters are then called <paramref name="name"/>, a dot and their own name.</summary>
            /// <exception cref="InvalidOperationException">The name is taken.</exception>
            public virtual void register_module(string name, Module submodule)
            {
                if (submodule is null || submodule.IsDisposed)
                {
                    _moduleRegistry.Remove(name);
                    return;
                }
                ArgumentException.ThrowIfNullOrEmpty(name);
                if (name.Contains('.', StringComparison.Ordinal))
                    throw new ArgumentException($"Module name {name} contains a dot; dots join names.", nameof(name));
                submodule.RegisterComponents();
                AttachModule(name, submodule);
            }

            /// <summary>The same as <see cref="register_module"/>.</summary>
            public void add_module(string name, Module module) => register_module(name, module);

            /// <summary>Registers the modules, parameters and tensors in the fields of this object, each under its field's name.</summary>
            /// <remarks>
            /// Fields of the derived class come first, each class in the order of declaration. What has a name already is left as it is.
            /// A <see cref="ComponentNameAttribute"/> gives a field another name.
            /// </remarks>
            protected virtual void RegisterComponents()
            {
                if (_areComponentsRegistered)
                    return;
                foreach (var field in FieldsOf(GetType()))
                {
                    var fieldName = field.GetCustomAttribute<ComponentNameAttribute>()?.Name ?? field.Name;
                    if (_moduleRegistry.Contains(fieldName) || _parameterRegistry.Contains(fieldName) || _bufferRegistry.Contains(fieldName))
                        continue;
                    switch (field.GetValue(this))
                    {
                        case Module module:
                            register_module(fieldName, module);
                            break;
                        case Parameter parameter:
                            register_parameter(fieldName, parameter);
                            break;
                        case Tensor tensor:
                            register_buffer(fieldName, tensor);
                            break;
                    }
                }
                _areComponentsRegistered = true;
            }

            /// <summary>Adds a module whose own components are registered.</summary>
            private protected void AttachModule(string name, Module submodule)
            {
                if (!_moduleRegistry.TryAdd(name, submodule))
                    throw new InvalidOperationException($"Sub-module {name} is already registered.");
            }

            /// <summary>Puts a parameter in place of the one in a field, which is freed; null takes it away.</summary>
            private protected void ReplaceParameter(ref Parameter? field, string name, Parameter? value)
            {
                if (ReferenceEquals(field, value))
                    return;
                field?.Dispose();
                value?.DetachFromDisposeScope();
                field = value;
                _parameterRegistry.Replace(name, value);
            }

            /// <summary>Puts a buffer in place of the one in a field, which is freed; null takes it away.</summary>
            private protected void ReplaceBuffer(ref Tensor? field, string name, Tensor? value)
            {
                if (ReferenceEquals(field, value))
                    return;
                field?.Dispose();
                value?.DetachFromDisposeScope();
                field = value;
                if (value is null)
                    _bufferRegistry.Remove(name);
                else
                    _bufferRegistry.Replace(name, (value, true));
            }

            /// <summary>Frees the parameters, the buffers and every module below.</summary>
            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            /// <summary>Frees the parameters, the buffers and every module below.</summary>
            protected virtual void Dispose(bool disposing)
            {
                if (!disposing || IsDisposed)
                    return;
                IsDisposed = true;
                foreach (var (_, (tensor, _)) in _bufferRegistry)
                    tensor.DetachFromDisposeScope().Dispose();
                foreach (var (_, parameter) in _parameterRegistry)
                    parameter.DetachFromDisposeScope().Dispose();
                foreach (var (_, child) in _moduleRegistry)
                    child.Dispose();
            }

            private static IEnumerable<FieldInfo> FieldsOf(Type type)
            {
                var seen = new HashSet<string>(StringComparer.Ordinal);
                for (var current = type; current is not null && current != typeof(Module); current = current.BaseType)
                {
                    const BindingFlags Own = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly;
                    foreach (var field in current.GetFields(Own))
                    {
                        if (seen.Add(field.Name))
                            yield return field;
                    }
                }
            }
        }
    }
}
