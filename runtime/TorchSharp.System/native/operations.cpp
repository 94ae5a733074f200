// Arithmetic, comparisons and reductions.
#include "common.h"

using grid::optional;
using grid::type_or_none;

#define UNARY(name)                                   \
    GRID_API Tensor* grid_##name(const Tensor* x) {   \
        return give([&] { return at::name(*x); });    \
    }

#define UNARY_IN_PLACE(name)                          \
    GRID_API int grid_##name(const Tensor* x) {       \
        return carry_out([&] { x->name(); });         \
    }

// With a tensor, and with a number.
#define BINARY(name)                                                      \
    GRID_API Tensor* grid_##name(const Tensor* x, const Tensor* y) {      \
        return give([&] { return x->name(*y); });                         \
    }                                                                     \
    GRID_API Tensor* grid_##name##_number(const Tensor* x, GridScalar y) { \
        return give([&] { return x->name(scalar(y)); });                  \
    }

#define BINARY_IN_PLACE(name)                                             \
    GRID_API int grid_##name##_(const Tensor* x, const Tensor* y) {       \
        return carry_out([&] { x->name##_(*y); });                        \
    }                                                                     \
    GRID_API int grid_##name##_number_(const Tensor* x, GridScalar y) {   \
        return carry_out([&] { x->name##_(scalar(y)); });                 \
    }

#define PRODUCT(name)                                                     \
    GRID_API Tensor* grid_##name(const Tensor* x, const Tensor* y) {      \
        return give([&] { return x->name(*y); });                         \
    }

UNARY(abs) UNARY(neg) UNARY(exp) UNARY(expm1) UNARY(log) UNARY(log1p) UNARY(sqrt) UNARY(rsqrt) UNARY(reciprocal)
UNARY(sin) UNARY(cos) UNARY(tanh) UNARY(sigmoid) UNARY(relu) UNARY(gelu) UNARY(erf) UNARY(silu)
UNARY(floor) UNARY(ceil) UNARY(round) UNARY(sign) UNARY(isfinite) UNARY(isnan) UNARY(isinf) UNARY(logical_not)
UNARY(min) UNARY(max) UNARY(argmin) UNARY(argmax) UNARY(all) UNARY(any) UNARY(nonzero)

UNARY_IN_PLACE(abs_) UNARY_IN_PLACE(neg_) UNARY_IN_PLACE(exp_) UNARY_IN_PLACE(log_) UNARY_IN_PLACE(sqrt_)
UNARY_IN_PLACE(tanh_) UNARY_IN_PLACE(sigmoid_) UNARY_IN_PLACE(relu_) UNARY_IN_PLACE(zero_)

BINARY(mul) BINARY(div) BINARY(pow) BINARY(eq) BINARY(ne) BINARY(lt) BINARY(le) BINARY(gt) BINARY(ge)
BINARY_IN_PLACE(mul) BINARY_IN_PLACE(div) BINARY_IN_PLACE(pow)

PRODUCT(matmul) PRODUCT(mm) PRODUCT(bmm) PRODUCT(mv) PRODUCT(dot)
PRODUCT(minimum) PRODUCT(maximum) PRODUCT(logical_and) PRODUCT(logical_or)

// x + alpha · y
GRID_API Tensor* grid_add(const Tensor* x, const Tensor* y, GridScalar alpha) {
    return give([&] { return x->add(*y, scalar(alpha)); });
}

GRID_API Tensor* grid_add_number(const Tensor* x, GridScalar y, GridScalar alpha) {
    return give([&] { return x->add(scalar(y), scalar(alpha)); });
}

GRID_API int grid_add_(const Tensor* x, const Tensor* y, GridScalar alpha) {
    return carry_out([&] { x->add_(*y, scalar(alpha)); });
}

GRID_API int grid_add_number_(const Tensor* x, GridScalar y, GridScalar alpha) {
    return carry_out([&] { x->add_(scalar(y), scalar(alpha)); });
}

GRID_API Tensor* grid_sub(const Tensor* x, const Tensor* y) {
    return give([&] { return x->sub(*y); });
}

GRID_API Tensor* grid_sub_number(const Tensor* x, GridScalar y) {
    return give([&] { return x->sub(scalar(y)); });
}

GRID_API int grid_sub_(const Tensor* x, const Tensor* y) {
    return carry_out([&] { x->sub_(*y); });
}

GRID_API int grid_sub_number_(const Tensor* x, GridScalar y) {
    return carry_out([&] { x->sub_(scalar(y)); });
}

GRID_API Tensor* grid_addmm(const Tensor* x, const Tensor* first, const Tensor* second, float beta, float alpha) {
    return give([&] { return x->addmm(*first, *second, beta, alpha); });
}

GRID_API int grid_addcmul_(const Tensor* x, const Tensor* first, const Tensor* second, GridScalar value) {
    return carry_out([&] { x->addcmul_(*first, *second, scalar(value)); });
}

GRID_API int grid_addcdiv_(const Tensor* x, const Tensor* first, const Tensor* second, GridScalar value) {
    return carry_out([&] { x->addcdiv_(*first, *second, scalar(value)); });
}

GRID_API Tensor* grid_clamp(const Tensor* x, const GridScalar* least, const GridScalar* most) {
    return give([&] {
        return x->clamp(least == nullptr ? c10::nullopt : c10::make_optional(scalar(*least)),
                        most == nullptr ? c10::nullopt : c10::make_optional(scalar(*most)));
    });
}

GRID_API int grid_fill_(const Tensor* x, GridScalar value) {
    return carry_out([&] { x->fill_(scalar(value)); });
}

GRID_API Tensor* grid_masked_fill(const Tensor* x, const Tensor* mask, GridScalar value) {
    return give([&] { return x->masked_fill(*mask, scalar(value)); });
}

GRID_API int grid_masked_fill_(const Tensor* x, const Tensor* mask, GridScalar value) {
    return carry_out([&] { x->masked_fill_(*mask, scalar(value)); });
}

GRID_API Tensor* grid_where(const Tensor* condition, const Tensor* x, const Tensor* y) {
    return give([&] { return at::where(*condition, *x, *y); });
}

GRID_API Tensor* grid_tril(const Tensor* x, int64_t diagonal) {
    return give([&] { return x->tril(diagonal); });
}

GRID_API Tensor* grid_triu(const Tensor* x, int64_t diagonal) {
    return give([&] { return x->triu(diagonal); });
}

GRID_API Tensor* grid_sum(const Tensor* x, int32_t type) {
    return give([&] { return x->sum(type_or_none(type)); });
}

GRID_API Tensor* grid_sum_over(const Tensor* x, const int64_t* dims, int32_t count, int32_t keep, int32_t type) {
    return give([&] { return x->sum(shape(dims, count), keep != 0, type_or_none(type)); });
}

GRID_API Tensor* grid_mean(const Tensor* x) {
    return give([&] { return x->mean(); });
}

GRID_API Tensor* grid_mean_over(const Tensor* x, const int64_t* dims, int32_t count, int32_t keep, int32_t type) {
    return give([&] { return x->mean(shape(dims, count), keep != 0, type_or_none(type)); });
}

GRID_API Tensor* grid_var(const Tensor* x, int32_t unbiased) {
    return give([&] { return x->var(unbiased != 0); });
}

GRID_API Tensor* grid_var_over(const Tensor* x, const int64_t* dims, int32_t count, int32_t unbiased, int32_t keep) {
    return give([&] { return x->var(shape(dims, count), unbiased != 0, keep != 0); });
}

GRID_API Tensor* grid_norm(const Tensor* x, float p) {
    return give([&] { return x->norm(p); });
}

GRID_API Tensor* grid_all_over(const Tensor* x, int64_t dim, int32_t keep) {
    return give([&] { return x->all(dim, keep != 0); });
}

GRID_API Tensor* grid_argmax_over(const Tensor* x, int64_t dim, int32_t keep) {
    return give([&] { return x->argmax(dim, keep != 0); });
}

GRID_API Tensor* grid_argmin_over(const Tensor* x, int64_t dim, int32_t keep) {
    return give([&] { return x->argmin(dim, keep != 0); });
}

GRID_API Tensor** grid_max_over(const Tensor* x, int64_t dim, int32_t keep, int32_t* count) {
    return give_all(count, [&] {
        auto [values, indices] = x->max(dim, keep != 0);
        return std::vector<Tensor>{values, indices};
    });
}

GRID_API Tensor** grid_min_over(const Tensor* x, int64_t dim, int32_t keep, int32_t* count) {
    return give_all(count, [&] {
        auto [values, indices] = x->min(dim, keep != 0);
        return std::vector<Tensor>{values, indices};
    });
}

GRID_API Tensor** grid_topk(const Tensor* x, int64_t k, int64_t dim, int32_t largest, int32_t sorted, int32_t* count) {
    return give_all(count, [&] {
        auto [values, indices] = x->topk(k, dim, largest != 0, sorted != 0);
        return std::vector<Tensor>{values, indices};
    });
}

GRID_API Tensor* grid_logsumexp(const Tensor* x, int64_t dim, int32_t keep) {
    return give([&] { return x->logsumexp(dim, keep != 0); });
}

GRID_API Tensor* grid_cumsum(const Tensor* x, int64_t dim, int32_t type) {
    return give([&] { return x->cumsum(dim, type_or_none(type)); });
}

GRID_API Tensor* grid_softmax(const Tensor* x, int64_t dim, int32_t type) {
    return give([&] { return x->softmax(dim, type_or_none(type)); });
}

GRID_API Tensor* grid_log_softmax(const Tensor* x, int64_t dim, int32_t type) {
    return give([&] { return x->log_softmax(dim, type_or_none(type)); });
}

// 1 or 0; −1 after a failure.
GRID_API int grid_allclose(const Tensor* x, const Tensor* y, double relative, double absolute, int32_t equal_nan) {
    int answer = -1;
    carry_out([&] { answer = x->allclose(*y, relative, absolute, equal_nan != 0) ? 1 : 0; });
    return answer;
}

GRID_API int grid_uniform_(const Tensor* x, double from, double to, const at::Generator* generator) {
    return carry_out([&] { x->uniform_(from, to, optional(generator)); });
}

GRID_API int grid_normal_(const Tensor* x, double mean, double deviation, const at::Generator* generator) {
    return carry_out([&] { x->normal_(mean, deviation, optional(generator)); });
}

GRID_API int grid_bernoulli_(const Tensor* x, double p, const at::Generator* generator) {
    return carry_out([&] { x->bernoulli_(p, optional(generator)); });
}
