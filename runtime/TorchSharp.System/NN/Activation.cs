namespace TorchSharp.Engine;

/// <summary>Functions of one tensor; the numbers are those of native/nn.cpp.</summary>
internal enum Activation
{
    Relu = 0,
    Tanh = 1,
    Sigmoid = 2,
    Silu = 3,
    Gelu = 4,
    GeluTanh = 5,
}
