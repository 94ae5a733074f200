using OrleansSgd.Core.Samples;

namespace OrleansSgd.Models.Safetensors;

/// <summary>A safetensors file that training starts from: each parameter of the model by name and shape, in f32, f16 or bf16.</summary>
/// <remarks>
/// Statistics of a network may be in it, as in every file that a run exports, and are not used: they are measured anew at whatever
/// parameters are evaluated. Any other tensor is a mistake, because it would be left out in silence.
/// </remarks>
public static class StartFile
{
    // Enough to see what is wrong; a file of another network lacks everything.
    private const int NamesShownMax = 3;

    /// <summary>Why the file is not a start for the model, a sentence each, beginning with <c>start</c>; empty when it is.</summary>
    public static IReadOnlyList<string> Mistakes(IModel model, string path) => Judge(model, path, []);

    /// <summary>Writes the file's values.</summary>
    /// <param name="parameters">x₀, [d].</param>
    /// <exception cref="InvalidDataException">The file is not a start for the model.</exception>
    public static void Read(IModel model, string path, Span<float> parameters)
    {
        var values = new Dictionary<string, ReadOnlyMemory<float>>(StringComparer.Ordinal);
        IReadOnlyList<string> mistakes = Judge(model, path, values);
        if (mistakes.Count > 0)
        {
            throw new InvalidDataException(string.Join(' ', mistakes.Select(mistake => $"model.{mistake}")));
        }

        foreach (ParameterTensor tensor in model.Tensors)
        {
            values[tensor.Name].Span.CopyTo(parameters[tensor.Offset..]);
        }
    }

    private static IReadOnlyList<string> Judge(IModel model, string path, Dictionary<string, ReadOnlyMemory<float>> values)
    {
        ArgumentNullException.ThrowIfNull(model);
        SafetensorsFile file;
        try
        {
            file = SafetensorsReader.ReadFile(path);
        }
        catch (InvalidDataException damaged)
        {
            return [$"start is no whole safetensors file: {damaged.Message}"];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [$"start is '{path}', which cannot be read: {error.Message.TrimEnd('.')}. Every silo reads it; relative paths start at the working directory."];
        }

        var wanted = model.Tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        HashSet<string> unused = [.. model.Buffers.Select(buffer => buffer.Name)];
        List<string> mistakes = [];
        foreach (SafetensorsEntry entry in file.Tensors)
        {
            if (!wanted.Remove(entry.Name, out ParameterTensor? tensor))
            {
                if (!unused.Contains(entry.Name))
                {
                    mistakes.Add(entry.Name);
                }

                continue;
            }

            if (MistakeOf(entry, tensor) is { } mistake)
            {
                return [$"start is '{path}', whose tensor {mistake}."];
            }

            values[entry.Name] = entry.Values;
        }

        return
        [
            .. Listed(wanted.Keys, $"start is '{path}', which lacks", $"of the {model.Kind}; name a file of the same model."),
            .. Listed(mistakes, $"start is '{path}', which has", $"that the {model.Kind} does not have; name a file of the same model."),
        ];
    }

    private static string? MistakeOf(SafetensorsEntry entry, ParameterTensor tensor)
    {
        if (!entry.Shape.SequenceEqual(tensor.Shape))
        {
            return $"{entry.Name} has shape {Text(entry.Shape)}, but the model's has {Text(tensor.Shape)}";
        }

        if (!entry.IsFloat)
        {
            return $"{entry.Name} has dtype {entry.Type}; use {SafetensorsLayout.F32}, {SafetensorsLayout.F16} or {SafetensorsLayout.BF16}";
        }

        ReadOnlySpan<float> values = entry.Values.Span;
        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                return $"{entry.Name} is {values[i]} at coordinate {i}; use finite values";
            }
        }

        return null;
    }

    private static IEnumerable<string> Listed(IReadOnlyCollection<string> names, string before, string behind)
    {
        if (names.Count > 0)
        {
            string more = names.Count > NamesShownMax ? $" and {names.Count - NamesShownMax} more" : "";
            string what = names.Count == 1 ? "tensor" : "tensors";
            yield return $"{before} {what} {string.Join(", ", names.Take(NamesShownMax))}{more} {behind}";
        }
    }

    private static string Text(IReadOnlyList<int> shape) => $"[{string.Join(", ", shape)}]";
}
