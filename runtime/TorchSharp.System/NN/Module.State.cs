namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            /// <summary>Parameters, then persistent buffers, under their dotted names: the tensors themselves, not copies.</summary>
            /// <param name="destination">Gets the entries; a name that it has stays as it is.</param>
            /// <param name="prefix">Goes before each name, with a dot between.</param>
            public virtual Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
            {
                destination ??= [];
                var start = string.IsNullOrEmpty(prefix) ? "" : prefix + ".";
                foreach (var (entryName, parameter) in named_parameters())
                    destination.TryAdd(start + entryName, parameter);
                foreach (var (entryName, buffer) in named_buffers(include_nonpersistent: false))
                    destination.TryAdd(start + entryName, buffer);
                return destination;
            }

            /// <summary>Copies values of the same names into this module's tensors.</summary>
            /// <param name="strict">Whether a name that is on one side only is an error; otherwise the answer says them.</param>
            /// <param name="skip">Names that stay as they are.</param>
            /// <exception cref="InvalidOperationException">Strict, and the names differ.</exception>
            public virtual (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(
                Dictionary<string, Tensor> source, bool strict = true, IList<string>? skip = null)
            {
                ArgumentNullException.ThrowIfNull(source);
                var destination = state_dict();
                var unexpected = source.Keys.Where(key => !IsSkipped(key) && !destination.ContainsKey(key)).ToList();
                var missing = destination.Keys.Where(key => !IsSkipped(key) && !source.ContainsKey(key)).ToList();
                if (strict && missing.Count + unexpected.Count > 0)
                {
                    throw new InvalidOperationException($"State of {GetName()} does not fit: missing {Listed(missing)}; unexpected {Listed(unexpected)}. " +
                        "Load a state of the same network, or with strict: false.");
                }
                using var silence = no_grad();
                foreach (var (key, tensor) in source)
                {
                    if (!IsSkipped(key) && destination.TryGetValue(key, out var own))
                        own.copy_(tensor);
                }
                return (missing, unexpected);

                bool IsSkipped(string key) => skip is not null && skip.Contains(key);
                static string Listed(List<string> names) => names.Count == 0 ? "none" : string.Join(", ", names);
            }
        }
    }
}
