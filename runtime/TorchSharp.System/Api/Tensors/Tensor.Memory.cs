using TorchSharp.Engine;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public long Dimensions => Native.grid_dim(this);

        public long ndim => Dimensions;

        public long NumberOfElements => Native.grid_numel(this);

        /// <summary>Bytes an element takes.</summary>
        public long ElementSize => Native.grid_element_size(this);

        public ScalarType dtype => (ScalarType)Native.grid_type(this);

        public DeviceType device_type => (DeviceType)Native.grid_device_type(this);

        public Device device => new(device_type);

        /// <summary>Elements along each axis; a new array each time.</summary>
        public long[] shape
        {
            get
            {
                var dim = (int)Dimensions;
                return Layout(dim)[..dim];
            }
        }

        /// <summary>The memory itself, shared: what is written here, libtorch sees, and gradients do not.</summary>
        /// <exception cref="InvalidOperationException">The elements do not lie one after the other.</exception>
        /// <exception cref="ArgumentException">More than 2 GiB, which no span covers.</exception>
        public unsafe Span<byte> bytes
        {
            get => new(Contiguous(out var length), length);

            set
            {
                var memory = Contiguous(out var length);
                if (length != value.Length)
                {
                    throw new ArgumentException($"{value.Length} bytes do not fill a tensor of {length}.");
                }

                value.CopyTo(new Span<byte>(memory, length));
            }
        }

        public long dim() => Dimensions;

        public long numel() => NumberOfElements;

        public long element_size() => ElementSize;

        public long[] size() => shape;

        public long size(int dim) => shape[dim < 0 ? dim + (int)Dimensions : dim];

        /// <summary>Elements from one index to the next along each axis.</summary>
        public long[] stride()
        {
            var dim = (int)Dimensions;
            return Layout(dim)[dim..];
        }

        public long stride(int dim) => stride()[dim < 0 ? dim + (int)Dimensions : dim];

        public long storage_offset() => Native.grid_storage_offset(this);

        public bool is_contiguous() => Native.grid_is_contiguous(this) != 0;

        public bool is_cpu() => device_type == DeviceType.CPU;

        public bool is_floating_point() => torch.is_floating_point(dtype);

        public bool is_integral() => torch.is_integral(dtype);

        /// <summary>The elements one by one, shared with libtorch; it keeps the tensor alive.</summary>
        /// <exception cref="ArgumentException">The elements are of another type.</exception>
        public TensorAccessor<T> data<T>() where T : unmanaged
        {
            ValidateType(typeof(T));
            return new TensorAccessor<T>(this);
        }

        /// <exception cref="ArgumentException">Not exactly one element, or of another type.</exception>
        public T item<T>() where T : unmanaged => NumberOfElements == 1
            ? data<T>()[0]
            : throw new ArgumentException($"One number cannot stand for the {NumberOfElements} of a tensor.");

        public Scalar ToScalar()
        {
            Native.Check(Native.grid_item(this, out var value));
            return new Scalar(value);
        }

        public float ReadCpuSingle(long i) => ReadCpuValue<float>(i);

        public double ReadCpuDouble(long i) => ReadCpuValue<double>(i);

        public long ReadCpuInt64(long i) => ReadCpuValue<long>(i);

        public T ReadCpuValue<T>(long i) where T : unmanaged => data<T>()[i];

        internal unsafe void* Address() => Native.grid_data(this);

        private static bool Fits(Type element, ScalarType type) => ElementTypes.TryGetValue(element, out var found) && found == type;

        private void ValidateType(Type element)
        {
            var type = dtype;
            if (!Fits(element, type))
            {
                throw new ArgumentException($"{element.Name} is not what a tensor of {type} holds.");
            }
        }

        private long[] Layout(int dim)
        {
            var numbers = new long[2 * dim];
            Native.grid_layout(this, numbers);
            return numbers;
        }

        private unsafe void* Contiguous(out int length)
        {
            if (!is_contiguous())
            {
                throw new InvalidOperationException("The elements of this tensor do not lie one after the other; take contiguous() first.");
            }

            var total = NumberOfElements * ElementSize;
            length = total <= int.MaxValue
                ? (int)total
                : throw new ArgumentException($"A tensor of {total} bytes is longer than a span can be ({int.MaxValue}).");
            return Address();
        }
    }
}

/// <summary>Numbers out of tensors of one element.</summary>
public static class TensorExtensionMethods
{
    public static float ToSingle(this torch.Tensor value) => value.ToScalar().ToSingle();

    public static double ToDouble(this torch.Tensor value) => value.ToScalar().ToDouble();

    public static byte ToByte(this torch.Tensor value) => value.ToScalar().ToByte();

    public static int ToInt32(this torch.Tensor value) => value.ToScalar().ToInt32();

    public static long ToInt64(this torch.Tensor value) => value.ToScalar().ToInt64();

    public static bool ToBoolean(this torch.Tensor value) => value.ToScalar().ToBoolean();

    public static long TotalSize(this IEnumerable<long> shape) => shape.Aggregate(1L, (product, size) => product * size);
}
