using TorchSharp;
using TorchSharp.Modules;

namespace OrleansSgd.Models.Torch.Networks;

// OrleansSgd.Models.Linear is a namespace.
using Linear = TorchSharp.Modules.Linear;

/// <summary>Attention to what came before, then two linear layers; each after layer normalisation, each with a way around it.</summary>
/// <remarks>
/// attention [3·width, width] makes queries, keys and values at once, in that order, the heads one after another inside each;
/// projection, expand (4·width, GELU) and contract follow.
/// </remarks>
internal sealed class DecoderBlock : torch.nn.Module<torch.Tensor, torch.Tensor>
{
    private readonly LayerNorm _norm1;
    private readonly Linear _attention;
    private readonly Linear _projection;
    private readonly LayerNorm _norm2;
    private readonly Linear _expand;
    private readonly Linear _contract;
    private readonly torch.Tensor _mask;
    private readonly int _heads;

    /// <param name="mask">[length, length]: 0 where a position may look, −∞ where not; not owned.</param>
    public DecoderBlock(int width, int heads, torch.Tensor mask)
        : base(nameof(DecoderBlock))
    {
        _heads = heads;
        _mask = mask;
        _norm1 = torch.nn.LayerNorm(width);
        _attention = torch.nn.Linear(width, 3 * width);
        _projection = torch.nn.Linear(width, width);
        _norm2 = torch.nn.LayerNorm(width);
        _expand = torch.nn.Linear(width, 4 * width);
        _contract = torch.nn.Linear(4 * width, width);
        register_module("norm1", _norm1);
        register_module("attention", _attention);
        register_module("projection", _projection);
        register_module("norm2", _norm2);
        register_module("expand", _expand);
        register_module("contract", _contract);
    }

    /// <summary>Parameters of one block.</summary>
    public static long ParameterCount(long width) => (4 * width) + (12 * width * width) + (9 * width);

    public override torch.Tensor forward(torch.Tensor input)
    {
        torch.Tensor x = input.add(_projection.forward(Attend(_attention.forward(_norm1.forward(input)))));
        torch.Tensor wide = torch.nn.functional.gelu(_expand.forward(_norm2.forward(x)));
        return x.add(_contract.forward(wide));
    }

    private torch.Tensor Attend(torch.Tensor all)
    {
        long count = all.shape[0];
        long length = all.shape[1];
        long width = all.shape[2] / 3;
        long headWidth = width / _heads;
        torch.Tensor parts = all.view(count, length, 3, _heads, headWidth).permute(2, 0, 3, 1, 4);
        torch.Tensor queries = parts.select(0, 0); // [count, heads, length, headWidth]
        torch.Tensor keys = parts.select(0, 1);
        torch.Tensor values = parts.select(0, 2);
        torch.Tensor scores = queries.matmul(keys.transpose(2, 3)).mul(1 / Math.Sqrt(headWidth)).add(_mask);
        torch.Tensor seen = torch.nn.functional.softmax(scores, 3).matmul(values);
        return seen.transpose(1, 2).reshape(count, length, width);
    }
}
