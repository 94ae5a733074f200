using System.Diagnostics.CodeAnalysis;
using TorchSharp.Engine;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>A table of vectors, read by row number.</summary>
public sealed class Embedding : nn.Module<Tensor, Tensor>
{
    private readonly long _paddingIndex;
    private Parameter? _weight;

    /// <summary>Rows from N(0, 1); the padding row is 0 and gets no gradient.</summary>
    internal Embedding(long num_embeddings, long embedding_dims, long? padding_idx, Device? device, ScalarType? dtype) : base(nameof(Embedding))
    {
        _paddingIndex = padding_idx switch
        {
            null => -1,
            < 0 => num_embeddings + padding_idx.Value,
            _ => padding_idx.Value,
        };
        weight = nn.Parameter(empty(new[] { num_embeddings, embedding_dims }, dtype, device));
        nn.init.normal_(weight);
        if (_paddingIndex < 0)
            return;
        using var silence = no_grad();
        using var row = weight.narrow(0, _paddingIndex, 1);
        row.zero_();
    }

    /// <summary>The table, [rows, length]. Setting it frees the one before.</summary>
    [DisallowNull]
    public Parameter? weight
    {
        get => _weight;
        set => ReplaceParameter(ref _weight, nameof(weight), value);
    }

    /// <summary>The rows that whole numbers of any shape name: [shape…, length].</summary>
    public override Tensor forward(Tensor input) =>
        Native.grid_nn_embedding(_weight!, input, _paddingIndex);

    /// <summary>Does nothing: the property registered the table.</summary>
    protected override void RegisterComponents()
    {
    }
}
