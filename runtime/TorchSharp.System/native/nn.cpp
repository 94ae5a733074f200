// Layers, losses and flat parameter vectors. The managed side of each function is in NN/NeuralNative.cs: keep both in step.
#include "common.h"
#include "pooling.h"

#include <array>
#include <cmath>
#include <limits>

using grid::optional;
using grid::tensors;

// Height and width; passed by value.
struct Extent {
    int64_t height;
    int64_t width;

    std::array<int64_t, 2> both() const { return {height, width}; }
};

namespace {

// The numbers are those of the managed enum Activation.
enum Activation { relu = 0, tanh_ = 1, sigmoid = 2, silu = 3, gelu = 4, gelu_tanh = 5 };

// The numbers are those of TorchSharp.PaddingModes.
enum PaddingMode { zeros = 0, reflect = 1, replicate = 2, circular = 3, constant = 4 };

Tensor activated(const Tensor& input, int32_t activation) {
    switch (activation) {
        case relu: return at::relu(input);
        case tanh_: return at::tanh(input);
        case sigmoid: return at::sigmoid(input);
        case silu: return at::silu(input);
        case gelu: return at::gelu(input);
        case gelu_tanh: return at::gelu(input, "tanh");
    }
    TORCH_CHECK(false, "Activation ", activation, " is unknown.");
}

Tensor activated_in_place(Tensor& input, int32_t activation) {
    switch (activation) {
        case relu: return at::relu_(input);
        case tanh_: return at::tanh_(input);
        case sigmoid: return at::sigmoid_(input);
        case silu: return at::silu_(input);
        case gelu: return at::gelu_(input);
        case gelu_tanh: return at::gelu_(input, "tanh");
    }
    TORCH_CHECK(false, "Activation ", activation, " is unknown.");
}

// softmax(Q Kᵀ / √length + mask) V. Written out: libtorch 1.13 has no public function for it.
Tensor attended(const Tensor& query, const Tensor& key, const Tensor& value, const Tensor* mask, double dropout, bool is_causal) {
    const auto length = query.size(-1);
    // Both factors are scaled by the fourth root: the product of two large ones stays finite.
    const auto scale = std::sqrt(std::sqrt(static_cast<double>(length)));
    auto scores = at::matmul(query / scale, (key / scale).transpose(-2, -1));
    const auto hidden = -std::numeric_limits<double>::infinity();
    if (is_causal) {
        const auto queries = query.size(-2), keys = key.size(-2);
        scores = scores.masked_fill(at::ones({queries, keys}, query.options().dtype(at::kBool)).tril().logical_not(), hidden);
    } else if (mask != nullptr) {
        scores = mask->scalar_type() == at::kBool ? scores.masked_fill(mask->logical_not(), hidden) : scores + *mask;
    }
    auto weights = at::softmax(scores, -1);
    if (dropout > 0) {
        weights = at::dropout(weights, dropout, true);
    }
    return at::matmul(weights, value);
}

}  // namespace

GRID_API Tensor* grid_nn_linear(const Tensor* input, const Tensor* weight, const Tensor* bias) {
    return give([&] { return at::linear(*input, *weight, optional(bias)); });
}

GRID_API Tensor* grid_nn_conv2d(
    const Tensor* input, const Tensor* weight, const Tensor* bias, Extent stride, Extent padding, Extent dilation, int64_t groups) {
    return give([&] { return at::conv2d(*input, *weight, optional(bias), stride.both(), padding.both(), dilation.both(), groups); });
}

GRID_API Tensor* grid_nn_conv2d_named(
    const Tensor* input, const Tensor* weight, const Tensor* bias, Extent stride, int32_t is_same, Extent dilation, int64_t groups) {
    return give([&] {
        return at::conv2d(*input, *weight, optional(bias), stride.both(), is_same ? "same" : "valid", dilation.both(), groups);
    });
}

GRID_API Tensor* grid_nn_max_pool2d(
    const Tensor* input, Extent kernel, Extent stride, Extent padding, Extent dilation, int32_t ceil_mode) {
    return give([&] {
        return grid::is_halving(*input, kernel.both(), stride.both(), padding.both(), dilation.both(), ceil_mode != 0)
            ? grid::halve_by_maximum(*input)
            : at::max_pool2d(*input, kernel.both(), stride.both(), padding.both(), dilation.both(), ceil_mode != 0);
    });
}

GRID_API Tensor* grid_nn_avg_pool2d(
    const Tensor* input, Extent kernel, Extent stride, Extent padding, int32_t ceil_mode, int32_t count_include_pad, int64_t divisor) {
    return give([&] {
        return at::avg_pool2d(
            *input, kernel.both(), stride.both(), padding.both(), ceil_mode != 0, count_include_pad != 0,
            divisor == 0 ? c10::optional<int64_t>() : c10::optional<int64_t>(divisor));
    });
}

GRID_API Tensor* grid_nn_adaptive_avg_pool2d(const Tensor* input, Extent size) {
    return give([&] { return at::adaptive_avg_pool2d(*input, size.both()); });
}

GRID_API Tensor* grid_nn_batch_norm(
    const Tensor* input, const Tensor* running_mean, const Tensor* running_variance, const Tensor* weight, const Tensor* bias,
    int32_t is_training, double momentum, double eps) {
    return give([&] {
        // The variance of one value a channel is not a number: said here, before it spreads.
        TORCH_CHECK(
            !is_training || input->dim() < 2 || input->numel() != input->size(1),
            "Expected more than 1 value per channel when training, got input size ", input->sizes());
        return at::batch_norm(
            *input, optional(weight), optional(bias), optional(running_mean), optional(running_variance), is_training != 0, momentum, eps, true);
    });
}

GRID_API Tensor* grid_nn_layer_norm(
    const Tensor* input, const int64_t* shape, int64_t shape_length, const Tensor* weight, const Tensor* bias, double eps) {
    return give([&] { return at::layer_norm(*input, at::IntArrayRef(shape, shape_length), optional(weight), optional(bias), eps); });
}

GRID_API Tensor* grid_nn_embedding(const Tensor* weight, const Tensor* indices, int64_t padding_index) {
    return give([&] { return at::embedding(*weight, *indices, padding_index); });
}

GRID_API Tensor* grid_nn_activation(Tensor* input, int32_t activation, int32_t is_in_place) {
    return give([&] { return is_in_place ? activated_in_place(*input, activation) : activated(*input, activation); });
}

GRID_API Tensor* grid_nn_dropout(Tensor* input, double probability, int32_t is_training, int32_t is_in_place) {
    return give([&] {
        return is_in_place ? at::dropout_(*input, probability, is_training != 0) : at::dropout(*input, probability, is_training != 0);
    });
}

GRID_API Tensor* grid_nn_pad(const Tensor* input, const int64_t* pad, int64_t pad_length, int32_t mode, double value) {
    return give([&] {
        const at::IntArrayRef counts(pad, pad_length);
        switch (mode) {
            case reflect: return at::pad(*input, counts, "reflect");
            case replicate: return at::pad(*input, counts, "replicate");
            case circular: return at::pad(*input, counts, "circular");
            case zeros: return at::constant_pad_nd(*input, counts, 0);
            case constant: return at::constant_pad_nd(*input, counts, value);
        }
        TORCH_CHECK(false, "Padding mode ", mode, " is unknown.");
    });
}

GRID_API Tensor* grid_nn_one_hot(const Tensor* input, int64_t class_count) {
    return give([&] { return at::one_hot(*input, class_count); });
}

GRID_API Tensor* grid_nn_attention(
    const Tensor* query, const Tensor* key, const Tensor* value, const Tensor* mask, double dropout, int32_t is_causal) {
    return give([&] { return attended(*query, *key, *value, mask, dropout, is_causal != 0); });
}

GRID_API Tensor* grid_nn_cross_entropy(
    const Tensor* input, const Tensor* target, const Tensor* weight, int64_t ignore_index, int64_t reduction, double label_smoothing) {
    return give([&] { return at::cross_entropy_loss(*input, *target, optional(weight), reduction, ignore_index, label_smoothing); });
}

GRID_API Tensor* grid_nn_nll_loss(const Tensor* input, const Tensor* target, const Tensor* weight, int64_t reduction) {
    return give([&] { return at::nll_loss_nd(*input, *target, optional(weight), reduction, -100); });
}

GRID_API Tensor* grid_nn_mse_loss(const Tensor* input, const Tensor* target, int64_t reduction) {
    return give([&] { return at::mse_loss(*input, *target, reduction); });
}

GRID_API Tensor* grid_nn_parameters_to_vector(Tensor* const* handles, int32_t count) {
    return give([&] {
        std::vector<Tensor> flat;
        flat.reserve(count);
        for (const auto& tensor : tensors(handles, count)) {
            flat.push_back(tensor.view(-1));
        }
        return at::cat(flat);
    });
}

// 0, or 1 after a failure: then no parameter has changed.
GRID_API int grid_nn_vector_to_parameters(const Tensor* vector, Tensor* const* handles, int32_t count) {
    return carry_out([&] {
        auto parameters = tensors(handles, count);
        int64_t length = 0;
        for (const auto& parameter : parameters) {
            length += parameter.numel();
        }
        TORCH_CHECK(vector->numel() == length, "The vector has ", vector->numel(), " values but the parameters have ", length, ".");
        int64_t offset = 0;
        for (auto& parameter : parameters) {
            const auto end = offset + parameter.numel();
            parameter.set_data(vector->slice(0, offset, end).view_as(parameter).variable_data());
            offset = end;
        }
    });
}

// 0, and the norm before; or 1 after a failure.
GRID_API int grid_nn_clip_grad_norm(Tensor* const* handles, int32_t count, double norm_max, double norm_type, double* norm_before) {
    return carry_out([&] {
        const at::NoGradGuard no_grad;
        std::vector<Tensor> gradients;
        for (const auto& parameter : tensors(handles, count)) {
            if (parameter.grad().defined()) {
                gradients.push_back(parameter.grad());
            }
        }
        *norm_before = 0;
        if (gradients.empty()) {
            return;
        }
        std::vector<Tensor> norms;
        for (const auto& gradient : gradients) {
            norms.push_back(gradient.norm(norm_type));
        }
        *norm_before = at::stack(norms).norm(norm_type).item<double>();
        const auto factor = norm_max / (*norm_before + 1e-6);
        if (factor < 1) {
            for (auto& gradient : gradients) {
                gradient.mul_(factor);
            }
        }
    });
}
