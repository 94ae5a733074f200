// What every function of this library has in common: nothing it throws leaves it, and the first thing it does is
// to bring the calling thread to the number of threads that was asked for.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <utility>

#define GRID_API extern "C" __attribute__((visibility("default")))

using at::Tensor;

// A number that crosses the border: `kind` says which field holds it.
struct GridScalar {
    double real;
    int64_t integer;
    int32_t kind;  // 0 real, 1 integer, 2 truth
};

namespace grid {

// Keeps the message of the exception that is being handled, for this thread.
void keep_message() noexcept;

// Called at the start of every function.
void enter();

at::Scalar scalar(GridScalar value);

inline at::IntArrayRef shape(const int64_t* sizes, int32_t count) {
    return at::IntArrayRef(sizes, static_cast<size_t>(count));
}

inline at::TensorOptions of_type(int32_t type) {
    return at::TensorOptions().dtype(static_cast<at::ScalarType>(type));
}

// A negative number is no type.
inline c10::optional<at::ScalarType> type_or_none(int32_t type) {
    return type < 0 ? c10::nullopt : c10::make_optional(static_cast<at::ScalarType>(type));
}

inline c10::optional<Tensor> optional(const Tensor* tensor) {
    return tensor == nullptr ? c10::nullopt : c10::make_optional(*tensor);
}

inline c10::optional<at::Generator> optional(const at::Generator* generator) {
    return generator == nullptr ? c10::nullopt : c10::make_optional(*generator);
}

inline std::vector<Tensor> tensors(Tensor* const* handles, int32_t count) {
    std::vector<Tensor> list;
    list.reserve(static_cast<size_t>(count));
    for (int32_t i = 0; i < count; i++) {
        list.push_back(*handles[i]);
    }
    return list;
}

// The result as a handle that the caller owns; null after a failure.
template <class F>
Tensor* give(F&& compute) noexcept {
    try {
        enter();
        return new Tensor(compute());
    } catch (...) {
        keep_message();
        return nullptr;
    }
}

// 0 when it was done, 1 after a failure.
template <class F>
int carry_out(F&& action) noexcept {
    try {
        enter();
        action();
        return 0;
    } catch (...) {
        keep_message();
        return 1;
    }
}

// Several results as an array of handles, freed by grid_array_free; null after a failure.
template <class F>
Tensor** give_all(int32_t* count, F&& compute) noexcept {
    try {
        enter();
        std::vector<Tensor> list = compute();
        auto** handles = new Tensor*[list.size()];
        for (size_t i = 0; i < list.size(); i++) {
            handles[i] = list[i].defined() ? new Tensor(std::move(list[i])) : nullptr;
        }
        *count = static_cast<int32_t>(list.size());
        return handles;
    } catch (...) {
        keep_message();
        return nullptr;
    }
}

}  // namespace grid

using grid::carry_out;
using grid::give;
using grid::give_all;
using grid::scalar;
using grid::shape;
