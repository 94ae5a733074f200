using TorchSharp.Engine;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor abs() => Native.grid_abs(this);

        public Tensor neg() => Native.grid_neg(this);

        public Tensor exp() => Native.grid_exp(this);

        public Tensor expm1() => Native.grid_expm1(this);

        public Tensor log() => Native.grid_log(this);

        public Tensor log1p() => Native.grid_log1p(this);

        public Tensor sqrt() => Native.grid_sqrt(this);

        public Tensor rsqrt() => Native.grid_rsqrt(this);

        public Tensor reciprocal() => Native.grid_reciprocal(this);

        public Tensor sin() => Native.grid_sin(this);

        public Tensor cos() => Native.grid_cos(this);

        public Tensor tanh() => Native.grid_tanh(this);

        public Tensor sigmoid() => Native.grid_sigmoid(this);

        public Tensor relu() => Native.grid_relu(this);

        public Tensor gelu() => Native.grid_gelu(this);

        public Tensor erf() => Native.grid_erf(this);

        public Tensor silu() => Native.grid_silu(this);

        public Tensor floor() => Native.grid_floor(this);

        public Tensor ceil() => Native.grid_ceil(this);

        public Tensor sign() => Native.grid_sign(this);

        public Tensor isfinite() => Native.grid_isfinite(this);

        public Tensor isnan() => Native.grid_isnan(this);

        public Tensor isinf() => Native.grid_isinf(this);

        public Tensor logical_not() => Native.grid_logical_not(this);

        public Tensor nonzero() => Native.grid_nonzero(this);

        public Tensor round(long decimals = 0L) => decimals == 0
            ? Native.grid_round(this)
            : throw new NotSupportedException("Only rounding to whole numbers is here; use decimals = 0.");

        public Tensor negative() => neg();

        public Tensor square() => pow(2);

        public Tensor abs_() => Done(Native.grid_abs_(this));

        public Tensor neg_() => Done(Native.grid_neg_(this));

        public Tensor exp_() => Done(Native.grid_exp_(this));

        public Tensor log_() => Done(Native.grid_log_(this));

        public Tensor sqrt_() => Done(Native.grid_sqrt_(this));

        public Tensor tanh_() => Done(Native.grid_tanh_(this));

        public Tensor sigmoid_() => Done(Native.grid_sigmoid_(this));

        public Tensor relu_() => Done(Native.grid_relu_(this));

        public Tensor zero_() => Done(Native.grid_zero_(this));

        public Tensor fill_(Scalar value) => Done(Native.grid_fill_(this, value.Native));

        public unsafe Tensor clamp(Scalar? min = null, Scalar? max = null)
        {
            var least = min?.Native ?? default;
            var most = max?.Native ?? default;
            return Native.grid_clamp(this, min is null ? null : &least, max is null ? null : &most);
        }

        public Tensor clamp_min(Scalar min) => clamp(min);

        public Tensor clamp_max(Scalar max) => clamp(null, max);

        public Tensor masked_fill(Tensor mask, Scalar value) => Native.grid_masked_fill(this, mask, value.Native);

        public Tensor masked_fill_(Tensor mask, Scalar value) => Done(Native.grid_masked_fill_(this, mask, value.Native));

        /// <summary>This where the condition holds, y elsewhere.</summary>
        public Tensor where(Tensor condition, Tensor y) => Native.grid_where(condition, this, y);

        public Tensor tril(long diagonal = 0) => Native.grid_tril(this, diagonal);

        public Tensor triu(long diagonal = 0) => Native.grid_triu(this, diagonal);

        public Tensor softmax(long dim, ScalarType? dtype = null) => Native.grid_softmax(this, dim, TypeOrNone(dtype));

        public Tensor log_softmax(long dim, ScalarType? dtype = null) => Native.grid_log_softmax(this, dim, TypeOrNone(dtype));

        public Tensor cumsum(long dim, ScalarType? type = null) => Native.grid_cumsum(this, dim, TypeOrNone(type));

        public Tensor uniform_(double from, double to, Generator? generator = null) =>
            Done(Native.grid_uniform_(this, from, to, Generator.HandleOf(generator)));

        public Tensor normal_(double mean = 0.0, double std = 1.0, Generator? generator = null) =>
            Done(Native.grid_normal_(this, mean, std, Generator.HandleOf(generator)));

        public Tensor bernoulli_(double p = 0.5, Generator? generator = null) =>
            Done(Native.grid_bernoulli_(this, p, Generator.HandleOf(generator)));

        /// <summary>As libtorch takes it: a negative number is no type.</summary>
        private static int TypeOrNone(ScalarType? type) => type is { } chosen ? (int)chosen : -1;
    }
}
