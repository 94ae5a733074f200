using TorchSharp.Engine;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        private static readonly NativeScalar One = new(0, 1, NativeScalar.IntegerKind);

        public Tensor add(Tensor target) => Native.grid_add(this, target, One);

        public Tensor add(Tensor target, Scalar alpha) => Native.grid_add(this, target, alpha.Native);

        public Tensor add(Scalar scalar) => Native.grid_add_number(this, scalar.Native, One);

        public Tensor add(Scalar scalar, Scalar alpha) => Native.grid_add_number(this, scalar.Native, alpha.Native);

        public Tensor add_(Tensor target) => Done(Native.grid_add_(this, target, One));

        /// <summary>This ← this + alpha · target.</summary>
        public Tensor add_(Tensor target, Scalar alpha) => Done(Native.grid_add_(this, target, alpha.Native));

        public Tensor add_(Scalar scalar) => Done(Native.grid_add_number_(this, scalar.Native, One));

        public Tensor add_(Scalar scalar, Scalar alpha) => Done(Native.grid_add_number_(this, scalar.Native, alpha.Native));

        public Tensor sub(Tensor target) => Native.grid_sub(this, target);

        public Tensor sub(Scalar target) => Native.grid_sub_number(this, target.Native);

        public Tensor sub_(Tensor target) => Done(Native.grid_sub_(this, target));

        public Tensor sub_(Scalar target) => Done(Native.grid_sub_number_(this, target.Native));

        public Tensor mul(Tensor target) => Native.grid_mul(this, target);

        public Tensor mul(Scalar target) => Native.grid_mul_number(this, target.Native);

        public Tensor mul_(Tensor target) => Done(Native.grid_mul_(this, target));

        public Tensor mul_(Scalar target) => Done(Native.grid_mul_number_(this, target.Native));

        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => Native.grid_div(this, Exact(target, rounding_mode));

        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            Native.grid_div_number(this, Exact(target, rounding_mode).Native);

        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            Done(Native.grid_div_(this, Exact(target, rounding_mode)));

        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            Done(Native.grid_div_number_(this, Exact(target, rounding_mode).Native));

        public Tensor pow(Tensor exponent) => Native.grid_pow(this, exponent);

        public Tensor pow(Scalar exponent) => Native.grid_pow_number(this, exponent.Native);

        public Tensor pow_(Tensor exponent) => Done(Native.grid_pow_(this, exponent));

        public Tensor pow_(Scalar exponent) => Done(Native.grid_pow_number_(this, exponent.Native));

        public Tensor matmul(Tensor target) => Native.grid_matmul(this, target);

        public Tensor mm(Tensor target) => Native.grid_mm(this, target);

        public Tensor bmm(Tensor batch2) => Native.grid_bmm(this, batch2);

        public Tensor mv(Tensor target) => Native.grid_mv(this, target);

        public Tensor dot(Tensor target) => Native.grid_dot(this, target);

        /// <summary>beta · this + alpha · mat1 · mat2.</summary>
        public Tensor addmm(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) => Native.grid_addmm(this, mat1, mat2, beta, alpha);

        /// <summary>This ← this + value · tensor1 · tensor2.</summary>
        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) =>
            Done(Native.grid_addcmul_(this, tensor1, tensor2, value.Native));

        /// <summary>This ← this + value · tensor1 ∕ tensor2.</summary>
        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) =>
            Done(Native.grid_addcdiv_(this, tensor1, tensor2, value.Native));

        private static T Exact<T>(T divisor, RoundingMode mode) => mode == RoundingMode.None
            ? divisor
            : throw new NotSupportedException($"Rounding mode {mode} is not in this stand-in; divide without it and round, or use the package TorchSharp.");
    }

    /// <summary>What becomes of a quotient; only <see cref="None"/> is supported here.</summary>
    public enum RoundingMode
    {
        None,
        trunc,
        floor,
    }
}
