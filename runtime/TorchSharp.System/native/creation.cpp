// Making tensors, reading and writing their memory, and what they say of themselves.
#include "common.h"

using grid::of_type;
using grid::optional;

#define FACTORY(name)                                                                          \
    GRID_API Tensor* grid_##name(const int64_t* size, int32_t count, int32_t type) {           \
        return give([&] { return at::name(shape(size, count), of_type(type)); });              \
    }

FACTORY(empty)
FACTORY(zeros)
FACTORY(ones)

GRID_API Tensor* grid_full(const int64_t* size, int32_t count, GridScalar value, int32_t type) {
    return give([&] { return at::full(shape(size, count), scalar(value), of_type(type)); });
}

GRID_API Tensor* grid_rand(const int64_t* size, int32_t count, int32_t type, const at::Generator* generator) {
    return give([&] { return at::rand(shape(size, count), optional(generator), of_type(type)); });
}

GRID_API Tensor* grid_randn(const int64_t* size, int32_t count, int32_t type, const at::Generator* generator) {
    return give([&] { return at::randn(shape(size, count), optional(generator), of_type(type)); });
}

GRID_API Tensor* grid_randint(int64_t low, int64_t high, const int64_t* size, int32_t count, int32_t type,
                              const at::Generator* generator) {
    return give([&] { return at::randint(low, high, shape(size, count), optional(generator), of_type(type)); });
}

GRID_API Tensor* grid_randperm(int64_t n, int32_t type, const at::Generator* generator) {
    return give([&] { return at::randperm(n, optional(generator), of_type(type)); });
}

GRID_API Tensor* grid_arange(GridScalar start, GridScalar stop, GridScalar step, int32_t type) {
    return give([&] { return at::arange(scalar(start), scalar(stop), scalar(step), of_type(type)); });
}

GRID_API Tensor* grid_linspace(double start, double stop, int64_t steps, int32_t type) {
    return give([&] { return at::linspace(start, stop, steps, of_type(type)); });
}

GRID_API Tensor* grid_eye(int64_t rows, int64_t columns, int32_t type) {
    return give([&] { return at::eye(rows, columns, of_type(type)); });
}

// Memory that somebody else owns until `release` is called with `context`, on whatever thread lets go last.
GRID_API Tensor* grid_from_memory(void* memory, const int64_t* size, int32_t count, int32_t type,
                                  void (*release)(void*), void* context) {
    return give([&] {
        return at::from_blob(memory, shape(size, count), [=](void*) { release(context); }, of_type(type));
    });
}

GRID_API void grid_free(Tensor* tensor) { delete tensor; }

GRID_API Tensor* grid_alias(const Tensor* x) {
    return give([&] { return *x; });
}

GRID_API void* grid_data(const Tensor* x) { return x->data_ptr(); }
GRID_API int64_t grid_dim(const Tensor* x) { return x->dim(); }
GRID_API int64_t grid_numel(const Tensor* x) { return x->numel(); }
GRID_API int64_t grid_element_size(const Tensor* x) { return x->element_size(); }
GRID_API int64_t grid_storage_offset(const Tensor* x) { return x->storage_offset(); }
GRID_API int32_t grid_type(const Tensor* x) { return static_cast<int32_t>(x->scalar_type()); }
GRID_API int32_t grid_device_type(const Tensor* x) { return static_cast<int32_t>(x->device().type()); }
GRID_API int32_t grid_is_contiguous(const Tensor* x) { return x->is_contiguous() ? 1 : 0; }

// Sizes, then strides: 2 · dim numbers.
GRID_API void grid_layout(const Tensor* x, int64_t* sizes_and_strides) {
    const auto dim = x->dim();
    for (int64_t i = 0; i < dim; i++) {
        sizes_and_strides[i] = x->sizes()[i];
        sizes_and_strides[dim + i] = x->strides()[i];
    }
}

GRID_API int grid_item(const Tensor* x, GridScalar* value) {
    return carry_out([&] {
        const at::Scalar item = x->item();
        value->kind = item.isBoolean() ? 2 : item.isIntegral(false) ? 1 : 0;
        if (value->kind == 0) {
            value->real = item.toDouble();
        } else {
            value->integer = item.toLong();
        }
    });
}
