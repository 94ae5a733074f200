using TorchSharp.Engine;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        public Tensor this[params long[] indices]
        {
            get => index([.. indices.Select(i => TensorIndex.Single(i))]);
            set => index_put_(value, [.. indices.Select(i => TensorIndex.Single(i))]);
        }

        public Tensor index(params TensorIndex[] indices)
        {
            var found = Native.grid_index(this, TensorIndex.Entries(indices), indices.Length);
            GC.KeepAlive(indices);
            return found;
        }

        public Tensor index(params Tensor[] indices) => index([.. indices.Select(TensorIndex.Tensor)]);

        public Tensor index_put_(Tensor value, params TensorIndex[] indices)
        {
            Done(Native.grid_index_put_(this, TensorIndex.Entries(indices), indices.Length, value));
            GC.KeepAlive(indices);
            return this;
        }

        public Tensor index_put_(Tensor value, params Tensor[] indices) => index_put_(value, [.. indices.Select(TensorIndex.Tensor)]);
    }

    /// <summary>One entry of an index: a number, a slice, a mask or list of numbers, all the axes between, or a new axis.</summary>
    public struct TensorIndex
    {
        private const int NewAxis = 0;
        private const int Number = 1;
        private const int Between = 2;
        private const int Truth = 3;
        private const int Numbers = 4;
        private const int Part = 5;

        public static readonly TensorIndex Ellipsis = new() { _kind = Between };
        public static readonly TensorIndex None = new() { _kind = NewAxis };
        public static readonly TensorIndex Colon = Slice();

        private int _kind;
        private long? _start;
        private long? _stop;
        private long? _step;
        private Tensor? _tensor;

        public static implicit operator TensorIndex(long value) => Single(value);

        public static implicit operator TensorIndex(Index index) => Single(Place(index));

        public static implicit operator TensorIndex(Range range) => Slice(range);

        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) =>
            new() { _kind = Part, _start = start, _stop = stop, _step = step };

        public static TensorIndex Slice(Range range) =>
            Slice(Place(range.Start), range.End is { IsFromEnd: true, Value: 0 } ? null : Place(range.End));

        public static TensorIndex Bool(bool value) => new() { _kind = Truth, _start = value ? 1 : 0 };

        public static TensorIndex Single(long? index) => new() { _kind = Number, _start = index };

        public static TensorIndex Tensor(Tensor tensor) => new() { _kind = Numbers, _tensor = tensor };

        internal static NativeIndex[] Entries(TensorIndex[] indices)
        {
            var entries = new NativeIndex[indices.Length];
            for (var i = 0; i < entries.Length; i++)
            {
                ref var index = ref indices[i];
                entries[i] = new NativeIndex(index._start ?? NativeIndex.Nothing, index._stop ?? NativeIndex.Nothing,
                    index._step ?? NativeIndex.Nothing, index._tensor?.Handle ?? 0, index._kind);
            }

            return entries;
        }

        private static long Place(Index index) => index.IsFromEnd ? -index.Value : index.Value;
    }
}
