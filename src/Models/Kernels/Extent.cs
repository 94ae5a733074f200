namespace OrleansSgd.Models.Kernels;

/// <summary>A number known to the JIT: each struct makes its own copy of the tile, with loops unrolled.</summary>
internal interface IExtent
{
    static abstract int Count { get; }
}

internal readonly struct One : IExtent
{
    public static int Count => 1;
}

internal readonly struct Two : IExtent
{
    public static int Count => 2;
}

internal readonly struct Three : IExtent
{
    public static int Count => 3;
}

internal readonly struct Four : IExtent
{
    public static int Count => 4;
}

internal readonly struct Five : IExtent
{
    public static int Count => 5;
}

internal readonly struct Six : IExtent
{
    public static int Count => 6;
}
