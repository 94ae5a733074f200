// Gradients: whose, where they go, and when none are wanted.
#include "common.h"

#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/autograd.h>

namespace {

// A null handle stands for an undefined tensor: the gradient of a scalar is then one.
torch::autograd::variable_list variables(Tensor* const* handles, int32_t count) {
    torch::autograd::variable_list list;
    for (int32_t i = 0; i < count; i++) {
        list.push_back(handles[i] == nullptr ? Tensor() : *handles[i]);
    }
    return list;
}

// Negative: as libtorch would choose.
c10::optional<bool> choice(int32_t value) {
    return value < 0 ? c10::nullopt : c10::make_optional(value != 0);
}

}  // namespace

GRID_API int grid_backward(Tensor* const* outputs, int32_t output_count, Tensor* const* gradients, int32_t gradient_count,
                           int32_t retain, int32_t create, Tensor* const* inputs, int32_t input_count) {
    return carry_out([&] {
        torch::autograd::backward(variables(outputs, output_count), variables(gradients, gradient_count), choice(retain),
                                  create != 0, variables(inputs, input_count));
    });
}

GRID_API Tensor** grid_gradients(Tensor* const* outputs, int32_t output_count, Tensor* const* inputs, int32_t input_count,
                                 Tensor* const* gradients, int32_t gradient_count, int32_t retain, int32_t create,
                                 int32_t allow_unused, int32_t* count) {
    return give_all(count, [&] {
        return torch::autograd::grad(variables(outputs, output_count), variables(inputs, input_count),
                                     variables(gradients, gradient_count), choice(retain), create != 0, allow_unused != 0);
    });
}

GRID_API int32_t grid_requires_grad(const Tensor* x) { return x->requires_grad() ? 1 : 0; }

GRID_API int grid_requires_grad_set(const Tensor* x, int32_t value) {
    return carry_out([&] { x->set_requires_grad(value != 0); });
}

GRID_API int32_t grid_is_leaf(const Tensor* x) { return x->is_leaf() ? 1 : 0; }

GRID_API int grid_retain_grad(const Tensor* x) {
    return carry_out([&] { x->retain_grad(); });
}

// Null where there is none, which is no failure.
GRID_API Tensor* grid_grad(const Tensor* x) {
    const Tensor& gradient = x->grad();
    return gradient.defined() ? new Tensor(gradient) : nullptr;
}

GRID_API int grid_grad_set(const Tensor* x, const Tensor* gradient) {
    return carry_out([&] { x->mutable_grad() = gradient == nullptr ? Tensor() : *gradient; });
}

GRID_API int32_t grid_grad_mode() { return c10::GradMode::is_enabled() ? 1 : 0; }
GRID_API void grid_grad_mode_set(int32_t enabled) { c10::GradMode::set_enabled(enabled != 0); }

GRID_API c10::InferenceMode* grid_inference_begin(int32_t enabled) { return new c10::InferenceMode(enabled != 0); }
GRID_API void grid_inference_end(c10::InferenceMode* mode) { delete mode; }
