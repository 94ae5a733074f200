using FsCheck;
using FsCheck.Fluent;

namespace OrleansSgd.Core.Tests.Codecs;

/// <summary>Vectors in which ties, both zeros, denormals and, where asked for, what is not finite are common.</summary>
internal static class OddFloats
{
    private static readonly Gen<float> Ties = Gen.Choose(-3, 3).Select(i => i / 2f);

    private static readonly Gen<float> Edges = Gen.Elements(
        0f, -0f, float.Epsilon, -float.Epsilon, 1.1754942e-38f, 1.17549435e-38f, float.MaxValue, float.MinValue, 1f, 1.0000001f, -0.99999994f);

    private static readonly Gen<float> AnyBits =
        from high in Gen.Choose(0, 0xFFFF) from low in Gen.Choose(0, 0xFFFF) select BitConverter.UInt32BitsToSingle(((uint)high << 16) | (uint)low);

    private static readonly Gen<float> NonFinite = Gen.Elements(float.NaN, -float.NaN, float.PositiveInfinity, float.NegativeInfinity);

    /// <summary>Finite values.</summary>
    public static Gen<float[]> Finite(int length) => Mixed(Ties, Edges, AnyBits.Where(float.IsFinite)).ArrayOf(length);

    /// <summary>Finite values, and now and then one that is not.</summary>
    public static Gen<float[]> Any(int length) =>
        Gen.Frequency((3, Finite(length)), (1, Mixed(Ties, Edges, AnyBits, NonFinite).ArrayOf(length)));

    private static Gen<float> Mixed(params Gen<float>[] sorts) => Gen.OneOf(sorts);
}
