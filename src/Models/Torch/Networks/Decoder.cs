using System.Runtime.InteropServices;
using TorchSharp;
using TorchSharp.Modules;

namespace OrleansSgd.Models.Torch.Networks;

// OrleansSgd.Models.Linear is a namespace.
using Linear = TorchSharp.Modules.Linear;

/// <summary>A small decoder transformer with normalisation first: predicts each next token from those before it.</summary>
/// <remarks>
/// token and position embeddings, blocks, layer normalisation, one linear layer. Tokens [count, length] in, scores
/// [count, length, vocabulary] out; row t depends on tokens 0 .. t alone.
/// </remarks>
internal sealed class Decoder : torch.nn.Module<torch.Tensor, torch.Tensor>
{
    private readonly Embedding _token;
    private readonly Embedding _position;
    private readonly Sequential _blocks;
    private readonly LayerNorm _norm;
    private readonly Linear _head;
    private readonly torch.Tensor _mask;

    /// <param name="length">Tokens it sees.</param>
    public Decoder(int vocabulary, int length, int depth, int width, int heads)
        : base(nameof(Decoder))
    {
        _mask = Causal(length);
        _token = torch.nn.Embedding(vocabulary, width);
        _position = torch.nn.Embedding(length, width);
        _blocks = torch.nn.Sequential(Enumerable.Range(0, depth).Select(
            torch.nn.Module<torch.Tensor, torch.Tensor> (_) => new DecoderBlock(width, heads, _mask)));
        _norm = torch.nn.LayerNorm(width);
        _head = torch.nn.Linear(width, vocabulary);
        register_module("token", _token);
        register_module("position", _position);
        register_module("blocks", _blocks);
        register_module("norm", _norm);
        register_module("head", _head);
    }

    /// <summary>d.</summary>
    public static long ParameterCount(long vocabulary, long length, int depth, long width) =>
        ((vocabulary + length) * width) + (depth * DecoderBlock.ParameterCount(width)) + (2 * width) + ((width + 1) * vocabulary);

    public override torch.Tensor forward(torch.Tensor input)
    {
        torch.Tensor x = _token.forward(input).add(_position.weight!);
        return _head.forward(_norm.forward(_blocks.forward(x)));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _mask.Dispose();
        }

        base.Dispose(disposing);
    }

    private static torch.Tensor Causal(int length)
    {
        torch.Tensor mask = torch.zeros([length, length]);
        Span<float> values = MemoryMarshal.Cast<byte, float>(mask.bytes);
        for (int row = 0; row < length; row++)
        {
            values.Slice((row * length) + row + 1, length - row - 1).Fill(float.NegativeInfinity);
        }

        return mask;
    }
}
